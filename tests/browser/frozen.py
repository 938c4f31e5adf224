"""A TCP proxy that can freeze: what is said no longer arrives, and nobody is told, as when a wire is pulled."""

import socket
import threading
from contextlib import suppress

TAKEN = 65536


class FreezingProxy:
    """Passes everything on while `flowing` is set. Connections that are made meanwhile are taken, not answered."""

    def __init__(self, server_port: int) -> None:
        self.flowing = threading.Event()
        self.flowing.set()
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self.flowing.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        self.flowing.wait()
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._server_port)) as server:
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            self._pass_on(server, client)

    def _pass_on(self, begin: socket.socket, end: socket.socket) -> None:
        with suppress(OSError):
            while data := begin.recv(TAKEN):
                self.flowing.wait()
                end.sendall(data)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
