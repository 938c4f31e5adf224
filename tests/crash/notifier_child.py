"""A process that raises one alarm after the other and mails each to one person, until it is killed or done.

Says the number of each alarm whose mail it has marked as sent. Started as: notifier_child.py FOLDER PORT
"""

import random
import sys
from pathlib import Path

from alerts.channels.apprise_channel import AppriseChannel
from alerts.notifications.audience import everybody
from alerts.notifications.follower import Follower
from alerts.notifications.sender import Sender
from facility.instants import MINUTE, Instant
from storage.records import alarm_steps, notifications
from storage.records.database import Records
from tests.alerts.telling import SITE, START, alone, by_nobody, happens, person, pressure
from tests.waiting import wait_until

ALARMS = 16


def main(folder: Path, port: int) -> None:
    now: Instant = START

    def clock() -> Instant:
        return now

    records = Records.open(folder / "records.db", clock)
    with records.reading() as connection:
        first = alarm_steps.newest_number(connection) + 1
    if first == 1:
        person(records, "ann", mail="ann@example.org")
    mail = AppriseChannel(f"mailto://127.0.0.1:{port}?to={{to}}&from=cleanwatch@example.org")
    follower = Follower(records, lambda: SITE, "main", clock, everybody, alone, by_nobody)
    sender = Sender(records, lambda _: mail, clock, "main", random.Random())

    def all_sent() -> bool:
        sender.step()
        with records.reading() as connection:
            return not any(one.waiting for one in notifications.newest(connection, 10))

    for number in range(first, ALARMS + 1):
        now = START + number * MINUTE
        happens(records, now, pressure(onset=now))
        follower.step()
        wait_until(all_sent)
        print(number, flush=True)
    now += 10 * MINUTE
    wait_until(all_sent)
    sender.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
