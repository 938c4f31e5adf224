"""What the hub begins with: the newest readings, standing alarms and room states that the stores hold."""

import math

import msgspec
import pandas as pd

from alerts.notices import alarm_notice, holds_notice
from app.live.look import Known
from app.live.ways import proven_ways
from app.status import Newest
from bus.messages import AlarmNotice, HoldsNotice, RoomNotice
from facility.alarm import room_of
from facility.holds import Hold, room_of_hold
from facility.instants import Clock, datetime_of
from facility.reading import validity_of, words_of
from facility.site import Site
from facility.site_part import owner
from storage.records import alarms, batches, holds, room_states
from storage.records.database import Records
from storage.samples.store import HistoryAwayError, SampleStore


def beginning(site: Site, samples: SampleStore, records: Records, clock: Clock) -> Known:
    """Everything the hub shows, read from the stores."""
    now = clock()
    known, kept = Known(), dict[str, list[Hold]]()
    try:
        latest = samples.latest(list(site.points))
    except HistoryAwayError:  # then readings are known as they come in
        latest = pd.DataFrame()
    for point, row in latest.iterrows():
        reasons = int(row["reasons"])
        value = float(row["value"])
        known.newest[str(point)] = Newest(
            int(row["time"]),
            None if math.isnan(value) else value,
            validity_of(reasons),
            words_of(reasons),
        )
    if len(latest):
        known.received = int(latest["received"].max())
    with records.reading() as connection:
        known.ways = proven_ways(connection)
        for alarm in alarms.standing(connection):
            if alarm.point in site.points or alarm.source is not None or room_of(alarm.point) in site.rooms:
                unit = site.points[alarm.point].unit if alarm.point in site.points else ""
                notice = msgspec.json.decode(alarm_notice(alarm, unit), type=AlarmNotice)
                known.alarms[f"{alarm.point}/{alarm.condition.replace(' ', '-')}"] = notice
        for hold in holds.open(connection):
            room = room_of_hold(hold.of, site)
            station = owner(site, site.rooms[room]) if room is not None else site.share.station
            kept.setdefault(station, []).append(hold)
        known.holds.update({s: msgspec.json.decode(holds_notice(of), type=HoldsNotice) for s, of in kept.items()})
        running = batches.running(connection, now)
        for room, state in room_states.in_force(connection, now).items():
            made = tuple(run.batch for run in running if run.room == room)
            known.rooms[room] = RoomNotice(room, state.state.value, datetime_of(state.time), made)
    return known
