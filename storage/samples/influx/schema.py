"""What things are called in InfluxDB, for people with Grafana and for us. docs/influxdb.md explains it to them.

Field `value` holds what is judged: the numbers of valid and suspect readings. The number of an invalid reading is
in `invalid_value`, so that no chart and no average of `value` shows a broken instrument's numbers. `reasons` is there
unless a reading is simply valid. So one pass over a measurement, without looking into any field's content, counts
all readings (`received`), those that are judged (`value`) and those that are not valid (`reasons`).
"""

from facility.quantities import Quantity
from facility.site import Point

RETIRED = "retired"
"""The measurement of readings whose point is no longer in the site file when they are written."""

MEASUREMENTS = (*(quantity.value for quantity in Quantity), RETIRED)

HOURLY = "_1h"
"""What is behind a measurement's name in the name of its roll-up."""


def measurements_of(point: Point | None) -> tuple[str, ...]:
    """Where the readings of a point may be; None for one that is not in the site."""
    return MEASUREMENTS if point is None else (point.quantity.value, RETIRED)


def size_text(size: float) -> str:
    """A particle size in µm as a tag: 0.5, 5."""
    return f"{size:g}"
