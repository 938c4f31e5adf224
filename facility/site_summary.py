"""What a person sees of a checked site file: its mistakes, or its rooms and the limits that hold in each state."""

from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from facility import site_words as words
from facility.limit import Limit, RoomState, Severity
from facility.limits import limits_in_force
from facility.site import Point, Site
from facility.site_advice import advice
from facility.site_errors import SiteFileError


def render_problems(error: SiteFileError) -> RenderableType:
    """Every mistake in the order of the file: where, and below it what is wrong and what would be right."""
    count = len(error.problems)
    lines: list[RenderableType] = [Text(f"{count} problem{'s' * (count != 1)}", style="bold red")]
    for problem in error.problems:
        lines.append(Text.assemble((f"{problem.file}:{problem.line}", "bold"), "  ", (problem.key, "cyan")))
        lines.append(Padding(Text(problem.message), (0, 0, 0, 4)))
    return Group(*lines)


def summary(site: Site) -> tuple[RenderableType, ...]:
    """The site in a line, a table of its rooms, one of its points with their limits by room state, and advice."""
    simulated = ", simulated" if site.simulated else ""
    line = Text.assemble((site.name, "bold"), f" ({site.id}), {site.timezone}{simulated}: {_size(site)}")
    return line, _rooms(site), _points(site), *(Text(sentence, style="bold") for sentence in advice(site))


def _size(site: Site) -> str:
    return f"{len(site.rooms)} rooms, {len(site.instruments)} instruments, {len(site.points)} points"


def _rooms(site: Site) -> Table:
    table = Table("Room", "Name", "Class", "Inside", title="Rooms", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Instruments", justify="right")
    table.add_column("Points", justify="right")
    for room in site.rooms.values():
        instruments = sum(instrument.room == room.id for instrument in site.instruments.values())
        points = len(site.points_by_room[room.id])
        room_class = words.classification(room.classification)
        table.add_row(*map(Text, (room.id, room.name, room_class, room.inside or "", str(instruments), str(points))))
    return table


def _points(site: Site) -> Table:
    table = Table(title="Points and limits in force", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Point", no_wrap=True)
    for column in ("Name", "Every", "No data after", "Room state", "Alert", "Action"):
        table.add_column(column)
    for room in site.rooms:
        for point in site.points_by_room[room]:
            interval = words.duration(site.instruments[point.instrument].interval)
            silence = "never" if point.silent_after is None else words.duration(point.silent_after)
            head = [point.id, point.name, interval, silence]
            for states, limits in _by_room_states(point):
                alert, action = (
                    _limits(limits, severity, point.unit) for severity in (Severity.ALERT, Severity.ACTION)
                )
                table.add_row(*map(Text, (*head, words.room_states(states), alert, action)))
                head = [""] * len(head)
        table.add_section()
    return table


def _by_room_states(point: Point) -> Iterator[tuple[list[RoomState], tuple[Limit, ...]]]:
    """Room states in which the same limits hold stand together."""
    in_force = {state: limits_in_force(point, state) for state in RoomState}
    for limits in dict.fromkeys(in_force.values()):
        yield [state for state in RoomState if in_force[state] == limits], limits


def _limits(limits: Iterable[Limit], severity: Severity, unit: str) -> str:
    """The limits of one severity, a line for each delay: < 48 Pa, > 60 Pa (60 s)."""
    by_patience: dict[str, list[str]] = {}
    for limit in limits:
        if limit.severity is severity:
            bound = f"{words.bound(limit, unit)} {limit.mark}".rstrip()
            by_patience.setdefault(words.patience(limit), []).append(bound)
    lines = [", ".join(bounds) + (f" ({wait})" if wait else "") for wait, bounds in by_patience.items()]
    return "\n".join(lines) or "none"
