"""Who acts: a person who is signed in, or a part of the system."""

from dataclasses import dataclass

from facility.roles import RIGHTS, Right, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does what goes on record: an account's name, or what part of the system or which sender it is.

    `role` is the person's at that moment, empty for what is no person; `origin` says from where: a browser's
    address, the command line of a machine.
    """

    name: str
    role: str = ""
    origin: str = ""


CLEANWATCH = Actor("cleanwatch")
"""What the program does by itself."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who is signed in. `areas` are those whose rooms the person may see, None for all."""

    account: str
    name: str
    """As it is printed beside a signature."""
    role: Role
    origin: str
    areas: frozenset[str] | None = None
    only: frozenset[Right] | None = None
    """The most that a program may that asks in the person's name; None for the person."""

    @property
    def actor(self) -> Actor:
        """This person, as the audit trail names who acts."""
        return Actor(self.account, self.role.value, self.origin)

    def may(self, right: Right) -> bool:
        """Does the person's role have this right, and is it not held back from a program?"""
        return right in RIGHTS[self.role] and (self.only is None or right in self.only)
