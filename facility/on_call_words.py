"""Rotas and policies in words: for what a changed site file changes, and for the page of who is on call."""

from facility.escalation import Policy, Quiet, Step, Summary
from facility.limit import Severity
from facility.on_call import Calendar, Shift, Weekly
from facility.site_words import duration


def plan(plan: Weekly | Calendar) -> str:
    """Each week from Monday 2026-01-05 08:00 on: ann, bob in turn; with several shifts: 08:00 ann; 20:00 cleo."""
    match plan:
        case Weekly(first, (only,)):
            return f"each week from {first:%A %Y-%m-%d %H:%M} on: {in_turn(only)}"
        case Weekly(first, shifts):
            return f"each week from {first:%A %Y-%m-%d %H:%M} on: {'; '.join(map(shift, shifts))}"
        case Calendar(address, people):
            return f"calendar {address} ({', '.join(f'{name} is {account}' for name, account in people)})"


def shift(shift: Shift) -> str:
    """08:00 ann, bob in turn."""
    return f"{shift.begins:%H:%M} {in_turn(shift)}"


def in_turn(shift: Shift) -> str:
    """Ann, bob in turn."""
    return f"{', '.join(shift.people)}{' in turn' * (len(shift.people) > 1)}"


def called(step: Step) -> str:
    """Rota first and m.keller by sms or mail."""
    names = [*(f"rota {rota}" for rota in step.rotas), *step.people, *["everybody who may answer"] * step.everybody]
    by = f" by {' or '.join(step.channels)}" if step.channels else ""
    return f"{' and '.join(names)}{by}"


def step(step: Step) -> str:
    """Rota first by sms, then 10 min."""
    return f"{called(step)}, then {duration(step.wait)}"


def steps(steps: tuple[Step, ...]) -> str:
    """1. rota first by sms, then 10 min; 2. m.keller, then 10 min."""
    return "; ".join(f"{number}. {step(one)}" for number, one in enumerate(steps, start=1))


def quiet(quiet: Quiet) -> str:
    """22:00 to 06:00."""
    return f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M}"


def severities(severities: frozenset[Severity]) -> str:
    """Alert, action."""
    return ", ".join(severity.name.lower() for severity in sorted(severities))


def policy(policy: Policy) -> str:
    """All of a policy."""
    areas = f" in {', '.join(policy.areas)}" if policy.areas else ""
    grades = f" grade {', '.join(sorted(policy.grades))}" if policy.grades else ""
    silent = f", quiet {quiet(policy.quiet)}" if policy.quiet else ""
    return (
        f"for {severities(policy.severities)}{grades}{areas}: {steps(policy.steps)}; {policy.rounds} rounds{silent}, "
        f"{'goes on' if policy.goes_on else 'stops'} once all has returned"
    )


def summary(summary: Summary) -> str:
    """Daily at 07:00 to rota first."""
    return f"daily at {summary.at:%H:%M} to {called(summary.to)}"
