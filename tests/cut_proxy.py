"""A TCP proxy before PostgreSQL that cuts a connection exactly when the server has committed and nobody knows yet."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COMMIT = b"COMMIT\x00"
"""How the driver ends a transaction, in PostgreSQL's protocol."""


class CuttingProxy:
    """Passes everything on; but of every so many transactions one gets no answer to its COMMIT, and is hung up on."""

    def __init__(self, server_port: int) -> None:
        self.cut_every = 0
        """Of so many COMMITs the answer to one is kept back; 0 means of none."""
        self.cuts = 0
        self._commits = 0
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        keep_back = threading.Event()
        threading.Thread(target=self._to_client, args=(server, client, keep_back), daemon=True).start()
        with suppress(OSError), client, server:
            while data := client.recv(65536):
                if COMMIT in data:
                    self._commits += 1
                    if self.cut_every and self._commits % self.cut_every == 0:
                        keep_back.set()
                server.sendall(data)

    def _to_client(self, server: socket.socket, client: socket.socket, keep_back: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if keep_back.is_set():  # this is the server's word that it has committed
                    self.cuts += 1
                    break
                client.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(server_port: int) -> Iterator[CuttingProxy]:
    """A proxy on a free port of loopback."""
    proxy = CuttingProxy(server_port)
    try:
        yield proxy
    finally:
        proxy.close()
