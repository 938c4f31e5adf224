"""A wire between two parts that can be cut, hang and slow down."""

import asyncio
import socket
import struct
import threading
from enum import StrEnum

SLOW_BYTES_A_SECOND = 20_000
PIECE = 16_384
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, of zero seconds: closing resets the connection instead of ending it in order."""


class Wire(StrEnum):
    """How a wire is."""

    SOUND = "sound"
    CUT = "cut"
    """Connections are reset, and new ones at once as well."""
    HUNG = "hung"
    """Connections stay open and nothing passes."""
    SLOW = "slow"


class Proxy:
    """Listens on a port of loopback and passes everything on to another, in a thread of its own."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._state = Wire.SOUND
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: asyncio.Event | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"wire {port}", daemon=True)
        self._thread.start()
        self._started.wait()

    def become(self, state: Wire) -> None:
        """Be like this from now on."""
        self._loop.call_soon_threadsafe(self._become, state)

    def close(self) -> None:
        """End every connection, and listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _become(self, state: Wire) -> None:
        assert self._passing is not None
        self._state = state
        if state is Wire.HUNG:
            self._passing.clear()
        else:
            self._passing.set()
        if state is Wire.CUT:
            for writer in list(self._open):
                _reset(writer)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._started.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _listen(self) -> None:
        self._passing = asyncio.Event()
        self._passing.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state is Wire.CUT:
            _reset(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        finally:
            self._open -= {writer, back}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._passing is not None
        try:
            while data := await reader.read(PIECE):
                await self._passing.wait()
                if self._state is Wire.SLOW:
                    await asyncio.sleep(len(data) / SLOW_BYTES_A_SECOND)
                writer.write(data)
                await writer.drain()
        except OSError:
            _reset(writer)
        else:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
