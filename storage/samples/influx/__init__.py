"""The production store: readings in InfluxDB, written as line protocol, read as InfluxQL."""

from storage.samples.influx.address import Influx
from storage.samples.influx.checks import Finding
from storage.samples.influx.lines import Lines
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import Health, InfluxStore
from storage.samples.influx.writing import Refused

__all__ = ["Finding", "Health", "Influx", "InfluxError", "InfluxStore", "Lines", "Refused"]
