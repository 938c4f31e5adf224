"""A channel that reaches nobody: what it is handed is written into a file for each address, to try everything out.

The page of notifications shows the same messages, but for their links: only whoever gets a message has its link.
"""

import re
from pathlib import Path

from typing_extensions import override

from alerts.channels.channel import Channel, Message, Receipt, TemporaryFailureError
from facility.language import _

KIND = "mailbox"
FOLDER = "mailbox"
"""Where its files are, in the data folder of whoever sends."""
TOGETHER = "everybody"
"""Names the file of messages that are for all together."""
PRIVATE = 0o600
"""Whoever reads a link may open it, though not answer without the password."""


class Mailbox(Channel):
    """Takes everything: the newest message stands at the end of the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def send(self, address: str, message: Message) -> Receipt:
        path = self._folder / f"{re.sub(r'[^0-9A-Za-z@+._-]', '_', address) or TOGETHER}.txt"
        text = "\n".join(filter(None, (message.subject, message.text)))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.touch(PRIVATE)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n\n{'-' * 20}\n\n")
        except OSError as error:
            raise TemporaryFailureError(_("{file} cannot be written: {why}", file=path, why=error.strerror)) from None
        return Receipt(_("written into a file in the folder “{folder}”, and sent nowhere", folder=self._folder.name))
