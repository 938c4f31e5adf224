"""Certificates for tests, made by OpenSSL: an authority, a server on loopback, and one that gives time-stamps."""

import subprocess
from pathlib import Path

from tests.parts import program

CONFIG = """
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
subjectAltName = IP:127.0.0.1, DNS:localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamps]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = tsa1
[tsa1]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


class Certificates:
    """An authority in a folder of its own, and what it has signed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority, self._key = folder / "authority.pem", folder / "authority.key"
        (folder / "openssl.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01")
        self._make("authority", "-x509", "-extensions", "authority")
        self.server, self.server_key = self._signed("server")
        self.stamps, self.stamps_key = self._signed("stamps")

    def time_stamp(self, query: bytes) -> bytes:
        """What a time-stamp authority answers to a query (RFC 3161)."""
        (self.folder / "query.tsq").write_bytes(query)
        self.run(
            *("ts", "-reply", "-config", "openssl.cnf", "-section", "tsa1", "-queryfile", "query.tsq"),
            *("-signer", self.stamps, "-inkey", self.stamps_key, "-out", "answer.tsr"),
        )
        return (self.folder / "answer.tsr").read_bytes()

    def run(self, *arguments: str | Path) -> None:
        """OpenSSL, in the folder."""
        subprocess.run([program("openssl"), *arguments], cwd=self.folder, check=True, capture_output=True)

    def _signed(self, name: str) -> tuple[Path, Path]:
        signing = ("-CA", self.authority, "-CAkey", self._key)
        self._make(name, "-x509", "-extensions", name, *signing)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _make(self, name: str, *arguments: str | Path) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key")
        subject = ("-subj", f"/CN={name} of the tests", "-days", "3", "-config", "openssl.cnf", "-out", f"{name}.pem")
        self.run("req", "-new", *key, *subject, *arguments)
