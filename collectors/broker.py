"""The embedded broker, for the demo and for tests: rumqttd, from the wheel `iotcore`, on loopback only.

It keeps nothing on disk: when it ends, sessions and undelivered messages are gone. It sends at most 100 messages
ahead of their acknowledgement, whatever a client asks for. A plant wants a broker of its own, mosquitto for one
(`deploy/mosquitto.conf`).
"""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import iotcore

from bus.client import Broker

LOOPBACK = "127.0.0.1"
LARGEST_MESSAGE = 1 << 20
MOST_CONNECTIONS = 200

# The router keeps a backlog in segments. With smaller ones than these it dropped the oldest messages in silence; all
# of them together (100 MiB a subscription, about half a million messages) bound its memory.
CONFIGURATION = """
id = 0

[router]
id = 0
max_connections = {connections}
max_outgoing_packet_count = 200
max_segment_size = 10485760
max_segment_count = 10
"""

LISTENER = """
[v{version}.1]
name = "mqtt-{version}"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[v{version}.1.connections]
connection_timeout_ms = 60000
max_payload_size = {payload}
max_inflight_count = 1000
dynamic_filters = true
"""


class PortTakenError(OSError):
    """Another program listens on a port that the broker was to have."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the broker listens: it needs a port for each version of MQTT."""

    mqtt5: Broker
    mqtt311: Broker


@contextmanager
def embedded_broker(mqtt5_port: int = 1883, mqtt311_port: int = 1884) -> Iterator[Listening]:
    """Run a broker for as long as the block lasts; it ends with this process, too, however that ends.

    It accepts connections when the block begins. Raises PortTakenError for a port that is not free.
    """
    for port in (mqtt5_port, mqtt311_port):
        _check_free(port)
    with tempfile.TemporaryDirectory(prefix="cleanwatch-broker-") as folder:
        configuration = Path(folder) / "rumqttd.toml"
        configuration.write_text(_configuration(mqtt5_port, mqtt311_port))
        with iotcore.Broker(config_path=str(configuration)):
            yield Listening(Broker(LOOPBACK, mqtt5_port), Broker(LOOPBACK, mqtt311_port))


def _configuration(mqtt5_port: int, mqtt311_port: int) -> str:
    listeners = (
        LISTENER.format(version=version, host=LOOPBACK, port=port, payload=LARGEST_MESSAGE)
        for version, port in ((4, mqtt311_port), (5, mqtt5_port))
    )
    return CONFIGURATION.format(connections=MOST_CONNECTIONS) + "".join(listeners)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortTakenError(
                f"the embedded broker needs port {port} on {LOOPBACK}, which is not free ({error.strerror}); "
                "stop what listens there, or choose another port"
            ) from error
