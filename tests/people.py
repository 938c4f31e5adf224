"""People who act in tests."""

from facility.people import Actor, Person
from facility.roles import Role

ANN = Actor("ann", "QA", "test")
MOREAU = Person("j.moreau", "J. Moreau", Role.OPERATOR, "test")
