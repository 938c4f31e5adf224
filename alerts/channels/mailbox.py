"""A channel that reaches nobody: what it is handed stays on the page of notifications, to try everything out."""

from typing_extensions import override

from alerts.channels.channel import Channel, Message, Receipt

KIND = "mailbox"


class Mailbox(Channel):
    """Takes everything."""

    @override
    def send(self, address: str, message: Message) -> Receipt:
        return Receipt("kept on the page of notifications, and sent nowhere")
