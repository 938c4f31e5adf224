"""Who acts where a command is run: the user of the machine, who is no account of Cleanwatch."""

import getpass
import socket

from facility.people import Actor


def shell_user(name: str = "") -> Actor:
    """Whoever runs this command, by the name that was given, else by that of the machine's user."""
    return Actor(name or getpass.getuser(), origin=f"command line of {socket.gethostname()}")
