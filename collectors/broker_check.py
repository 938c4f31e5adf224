"""The broker's self-test: does it keep what comes while the station is away, and hand it over as fast as asked?

A broker that queues too little drops readings without a word to anybody; mosquitto's own defaults do. So the station
tries it at its start: a second client id with a session like the collector's goes away, more messages are published
than such defaults keep, and it comes back and counts. All of it goes over topics of its own that nobody else reads.
It takes some seconds, and leaves nothing behind at the broker.
"""

from dataclasses import dataclass

from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.properties import Properties

from bus import problems, topics
from bus.broker import RECEIVE_MAXIMUM, Broker, Will
from bus.client import BrokerUnreachableError
from collectors.broker_probe import ANSWER_SECONDS, QUIET_SECONDS, NoAnswerError, Probe
from facility.language import N_

SESSION_DAYS = 14
MESSAGES = 1_500
"""More than mosquitto keeps by default (1,000), and than the station lets be on the way unacknowledged."""
WINDOW_ENOUGH = 500
"""The collector commits at most so many messages at once; a smaller window slows it down."""
PUBLISH_SECONDS, WILL_SECONDS = 30.0, 15.0
"""How long the broker's answers to all messages are waited for, and the last will: it may notice a death late."""
EMBEDDED_WINDOW = 100
"""What rumqttd, the embedded broker, has on the way at most, whatever a client asks for."""


@dataclass(frozen=True, slots=True)
class BrokerCheck:
    """What the self-test found, in words: what is wrong with the broker, and what else is known or cannot be."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def check_broker(broker: Broker, site: str, station: str) -> BrokerCheck:
    """Try a broker; takes some seconds, at most about a minute. Raises `BrokerUnreachableError`."""
    client_id = f"cleanwatch-{site}-{station}-check"
    about = topics.broker_check(site, station)
    try:
        version = _version_of(broker, client_id)
        check = _Check(broker, client_id, about, version)
        try:
            return check.run()
        finally:
            Probe(broker, client_id, version).forget()
    except OSError as error:
        raise BrokerUnreachableError(f"the broker could not be tried: {_said(error, broker)}") from None


class _Check:
    """The course of the self-test; each step adds to what is found."""

    def __init__(self, broker: Broker, client_id: str, about: str, version: MQTTProtocolVersion) -> None:
        self._broker = broker
        self._client_id = client_id
        self._about = about
        self._version = version
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._retains = True

    def run(self) -> BrokerCheck:
        """All steps."""
        self._ask_what_it_is()
        self._probe("").forget()
        with self._probe("", SESSION_DAYS) as away:
            if away.properties is not None:
                self._judge_properties(away.properties)
            granted = away.subscribe(f"{self._about}/queue")
            if granted != 1:
                self._problems.append(
                    N_(
                        "the broker grants QoS {granted} where QoS 1 was asked: whatever is lost on the way is lost"
                    ).format(granted=granted)
                )
        if granted == 1 and self._publish() and self._came_back() and self._retains:
            self._try_will()
        self._notes.append(
            N_(
                "Whether queues outlast a restart of the broker cannot be tried from here: mosquitto needs the line "
                "persistence true, as in deploy/mosquitto.conf."
            )
        )
        return BrokerCheck(tuple(self._problems), tuple(self._notes))

    def _probe(self, name: str, session_days: int = 0, will: Will | None = None) -> Probe:
        return Probe(self._broker, f"{self._client_id}{name}", self._version, session_days, will)

    def _ask_what_it_is(self) -> None:
        if self._version != MQTTProtocolVersion.MQTTv5:
            self._notes.append(
                N_("The broker does not speak MQTT 5: it tells neither its limits nor why it refuses something.")
            )
        with self._probe("-asks") as asks:
            asks.subscribe("$SYS/broker/version", needed=False)
            if asks.until(lambda: asks.got, QUIET_SECONDS):
                name = asks.got[0].payload.decode(errors="replace")
                self._notes.append(N_("The broker calls itself {name}.").format(name=name))
            else:
                self._notes.append(N_("The broker does not say what it is."))

    def _judge_properties(self, said: Properties) -> None:
        """What MQTT 5 has a broker say when it lets somebody in; what it leaves out is not limited."""
        wished = SESSION_DAYS * 86_400
        if (expiry := getattr(said, "SessionExpiryInterval", wished)) < wished:
            self._problems.append(
                N_(
                    "the broker forgets a station that is away after {hours} h; it should keep its session for "
                    "{days} days"
                ).format(hours=f"{expiry / 3600:g}", days=SESSION_DAYS)
            )
        if not getattr(said, "RetainAvailable", 1):
            self._retains = False
            self._problems.append(
                N_("the broker retains no messages: who comes later sees neither alarms nor stations")
            )
        if (largest := getattr(said, "MaximumPacketSize", 1 << 28)) < 1 << 16:
            small = N_("the broker takes messages up to {n} bytes only; 65,536 are wanted")
            self._problems.append(small.format(n=f"{largest:,}"))
        if (window := getattr(said, "ReceiveMaximum", 65_535)) < 20:
            slow = N_("the broker takes only {n} messages ahead of its answers; that is slow")
            self._problems.append(slow.format(n=window))

    def _publish(self) -> bool:
        with self._probe("-sends") as sends:
            for number in range(MESSAGES):
                sends.client.publish(f"{self._about}/queue", b"%d" % number, qos=1)
            sends.until(lambda: len(sends.answers) == MESSAGES, PUBLISH_SECONDS)
            refused = [reason for reason in sends.answers if reason.is_failure]
            if refused:
                self._problems.append(problems.why_not_published(f"{self._about}/queue", refused[0], self._broker))
            elif len(sends.answers) < MESSAGES:
                self._problems.append(
                    N_("the broker acknowledged only {n} of {all} messages in {seconds} s").format(
                        n=f"{len(sends.answers):,}", all=f"{MESSAGES:,}", seconds=f"{PUBLISH_SECONDS:g}"
                    )
                )
            return not refused

    def _came_back(self) -> bool:
        """Has the broker kept anything?"""
        with self._probe("", SESSION_DAYS) as back:
            window, came = self._take_all(back)
            self._judge_queue(back.session_present, came)
            if came:
                self._judge_window(window)
        return came > 0

    def _take_all(self, back: Probe) -> tuple[int, int]:
        """How many messages come unacknowledged, and how many in all."""
        wanted = min(MESSAGES, RECEIVE_MAXIMUM)
        back.until_quiet(lambda: len(back.got) >= wanted)
        window = len(back.got)
        acknowledged = 0

        def all_came() -> bool:
            nonlocal acknowledged
            for message in back.got[acknowledged:]:
                back.client.ack(message.mid, message.qos)
            acknowledged = len(back.got)
            return acknowledged >= MESSAGES

        back.until_quiet(all_came)
        return window, len({message.payload for message in back.got})

    def _judge_queue(self, session_present: bool, came: int) -> None:
        if not session_present:
            self._problems.append(N_("the broker keeps no sessions: what comes while the station is away is lost"))
        elif came == 0:
            self._problems.append(
                N_(
                    "of what was published while the station was away nothing came: the broker keeps nothing, or its "
                    "access list does not let us read {topic}"
                ).format(topic=f"{self._about}/#")
            )
        elif came < MESSAGES:
            self._problems.append(
                N_(
                    "the broker keeps only {n} of {all} messages for a station that is away, and drops the others "
                    "without a word; raise its limit (max_queued_messages in deploy/mosquitto.conf)"
                ).format(n=f"{came:,}", all=f"{MESSAGES:,}")
            )
        else:
            kept = N_("It keeps {n} messages and more for a station that is away.")
            self._notes.append(kept.format(n=f"{MESSAGES:,}"))

    def _judge_window(self, window: int) -> None:
        if window == EMBEDDED_WINDOW:
            self._problems.append(
                N_(
                    "the broker has at most {n} messages on the way, as the embedded one (rumqttd) does: it keeps "
                    "everything in memory only, for demos and tests; a plant wants mosquitto"
                ).format(n=EMBEDDED_WINDOW)
            )
        elif window < WINDOW_ENOUGH:
            self._problems.append(
                N_(
                    "the broker has at most {n} messages on the way until they are acknowledged; {wanted} are wanted "
                    "(max_inflight_messages in deploy/mosquitto.conf)"
                ).format(n=window, wanted=WINDOW_ENOUGH)
            )
        else:
            ahead = N_("It has {n} messages on the way until they are acknowledged.")
            self._notes.append(ahead.format(n=f"{window:,}"))

    def _try_will(self) -> None:
        topic = f"{self._about}/will"
        # Somebody watches from before the death on. Asking once more what is retained would not do: whether the
        # broker answers a second subscription to the same topic differs (rumqttd does not).
        with self._probe("-sends") as watches:
            watches.subscribe(topic)
            with self._probe("-dies", will=Will(topic, b"gone")) as dies:
                dies.vanish()
            if not watches.until(lambda: watches.got, WILL_SECONDS):
                self._problems.append(
                    N_("the broker does not publish a last will: nobody would be told of a station that dies")
                )
                return
        with self._probe("-asks") as comes_later:
            comes_later.subscribe(topic)
            if not comes_later.until(lambda: comes_later.got, QUIET_SECONDS):
                self._problems.append(
                    N_(
                        "the broker does not retain a last will: who comes later would not see that a station has "
                        "died"
                    )
                )
            comes_later.client.publish(topic, b"", qos=1, retain=True)
            comes_later.until(lambda: comes_later.answers, ANSWER_SECONDS)


def _version_of(broker: Broker, client_id: str) -> MQTTProtocolVersion:
    """MQTT 5, or 3.1.1 where the broker hangs up on 5."""
    try:
        Probe(broker, client_id, MQTTProtocolVersion.MQTTv5).forget()
    except NoAnswerError:
        Probe(broker, client_id, MQTTProtocolVersion.MQTTv311).forget()
        return MQTTProtocolVersion.MQTTv311
    return MQTTProtocolVersion.MQTTv5


def _said(error: OSError, broker: Broker) -> str:
    return str(error) if isinstance(error, NoAnswerError) else problems.why_not_reached(error, broker)
