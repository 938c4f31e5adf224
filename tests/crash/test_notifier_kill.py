"""kill -9 at any moment: every alarm is mailed, and at most one mail a kill comes twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from alerts.channels.apprise_channel import HEADER
from storage.records import notifications
from tests.alerts.receivers import mail_server
from tests.crash.notifier_child import ALARMS
from tests.records import open_records

KILLS = 2


def test_a_sender_that_is_killed_again_and_again_misses_no_mail_and_doubles_at_most_one_a_kill(
    tmp_path: Path,
) -> None:
    chance = random.Random()
    with mail_server() as server:
        for _ in range(KILLS):
            live_and_die(tmp_path, server.port, after=chance.randint(1, 6), chance=chance)
        live_and_die(tmp_path, server.port, after=None, chance=chance)
        mails = Counter(str(mail[HEADER]) for mail in server.taken)
    records = open_records(tmp_path / "records.db", lambda: 0)
    with records.reading() as connection:
        found = notifications.newest(connection, 1000)
    records.close()
    told = {alarm for one in found for alarm in one.notification.alarms}
    assert len(told) == ALARMS
    assert all(one.sent is not None for one in found)
    assert set(mails) == {one.sent_with for one in found}
    assert sum(mails.values()) <= len(mails) + KILLS


def live_and_die(folder: Path, port: int, after: int | None, chance: random.Random) -> None:
    """Run the child, and kill it a moment after it has sent so many mails."""
    command = [sys.executable, "-m", "tests.crash.notifier_child", str(folder), str(port)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        for told, _ in enumerate(child.stdout, 1):
            if told == after:
                time.sleep(chance.random() / 20)
                child.kill()
                break
    code = child.wait(timeout=60)
    assert after is not None or code == 0
