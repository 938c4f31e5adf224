"""Operations about who asks: who am I, and what may each role."""

from pydantic import Field

from app.api.operation import Answer, Asked, Operation
from app.context import AppContext
from app.guard import Access, needs
from facility.roles import RIGHTS, Right, Role


class MeAnswer(Answer):
    account: str
    name: str
    role: Role
    origin: str
    areas: list[str] | None = Field(description="Those whose rooms you may see; null for all.")
    rights: list[Right]


class RoleAnswer(Answer):
    role: Role
    rights: list[Right]


class RolesAnswer(Answer):
    roles: list[RoleAnswer]


def _me(context: AppContext, _asked: Asked) -> MeAnswer:
    person = needs(context, Right.LOOK)
    return MeAnswer(
        account=person.account,
        name=person.name,
        role=person.role,
        origin=person.origin,
        areas=None if person.areas is None else sorted(person.areas),
        rights=[right for right in Right if person.may(right)],
    )


def _roles(_context: AppContext, _asked: Asked) -> RolesAnswer:
    rights = {role: [right for right in Right if right in RIGHTS[role]] for role in Role}
    return RolesAnswer(roles=[RoleAnswer(role=role, rights=rights[role]) for role in Role])


OPERATIONS = (
    Operation("me", "GET", "/me", Right.LOOK, "Who you are here, and what you may do", _me, MeAnswer),
    Operation("roles", "GET", "/roles", Access.SIGNED_IN, "What each role may do", _roles, RolesAnswer),
)
