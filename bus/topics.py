"""The topic tree, in one place: what instruments send to, and what Cleanwatch publishes for anyone on site.

instruments/<site>/<source>/readings     values and particle samples    (instrument -> station)
instruments/<site>/<source>/events       room states, batches           (instrument -> station)
instruments/<site>/<source>/status       online or not, retained, with will (instrument -> station)
instruments/<site>/<source>/ack          stored up to this sequence     (station -> instrument)
cleanwatch/<site>/readings/<point>       one reading, as stored         (station -> anyone)
cleanwatch/<site>/rooms/<room>           room state and batch, retained (station -> anyone)
cleanwatch/<site>/alarms/<point>/<condition>  alarm state, retained     (station -> anyone)
cleanwatch/<site>/holds/<station>        what calls nobody, retained    (station -> anyone)
cleanwatch/<site>/stations/<station>     heartbeat, retained, with will (station -> anyone)
cleanwatch/<site>/reports/<station>      its state of health, retained  (station -> app)
broker-check/<site>/<station>/...        trying what the broker keeps   (station -> itself)
"""

from collections.abc import Sequence

INSTRUMENTS = "instruments"
CLEAN = "cleanwatch"
STATUS = "/status"
"""How the topics end where sources say that they are there: the only retained ones that instruments send to."""


def source_readings(site: str, source: str) -> str:
    """Where a source sends its readings."""
    return f"{INSTRUMENTS}/{site}/{source}/readings"


def source_events(site: str, source: str) -> str:
    """Where a source sends room states and batches."""
    return f"{INSTRUMENTS}/{site}/{source}/events"


def source_status(site: str, source: str) -> str:
    """Where a source says, retained, that it is online; its will says that it is not."""
    return f"{INSTRUMENTS}/{site}/{source}{STATUS}"


def source_ack(site: str, source: str) -> str:
    """Where a source hears up to which sequence number its messages are stored."""
    return f"{INSTRUMENTS}/{site}/{source}/ack"


def instrument_filters(site: str, sources: Sequence[str] | None = None, leads: bool = True) -> tuple[str, ...]:
    """What a station subscribes to that hears these sources, or whatever sources there are.

    One that leads also hears who else is there, so that a source that belongs to no station is noticed.
    """
    named = ("+",) if sources is None else sources
    present = ("+",) if leads else named
    return (
        *(topic(site, source) for source in named for topic in (source_readings, source_events)),
        *(source_status(site, source) for source in present),
    )


def clean_reading(site: str, point: str) -> str:
    """Where the readings of a point are published after they are stored."""
    return f"{CLEAN}/{site}/readings/{point}"


def clean_room(site: str, room: str) -> str:
    """Where a room's state and running batch are published, retained."""
    return f"{CLEAN}/{site}/rooms/{room}"


def clean_alarm(site: str, point: str, condition: str) -> str:
    """Where the state of an alarm is published, retained. Conditions are hyphenated: `no-data`."""
    return f"{CLEAN}/{site}/alarms/{point}/{condition.replace(' ', '-')}"


def clean_holds(site: str, station: str) -> str:
    """Where a station publishes, retained, what people have shelved or taken out of service."""
    return f"{CLEAN}/{site}/holds/{station}"


def station(site: str, station: str) -> str:
    """Where a station's heartbeat is published, retained; its will says that it is gone."""
    return f"{CLEAN}/{site}/stations/{station}"


def everything_clean(site: str) -> str:
    """A filter for all that Cleanwatch publishes about a site."""
    return f"{CLEAN}/{site}/#"


def station_report(site: str, station: str) -> str:
    """Where a station publishes its state of health, retained: the records may have no room for it."""
    return f"{CLEAN}/{site}/reports/{station}"


def is_station_report(topic: str) -> bool:
    """Is this the topic of a station's state of health?"""
    return topic.startswith(f"{CLEAN}/") and topic.split("/")[2:3] == ["reports"]


def broker_check(site: str, station: str) -> str:
    """Below this a station tries its broker: not below the clean topics, whose readers would hear all of it."""
    return f"broker-check/{site}/{station}"
