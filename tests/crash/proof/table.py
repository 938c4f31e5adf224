"""The outcome of a run as a table for people."""

import os
import platform

from tests.crash.proof.faults import Kind
from tests.crash.proof.run import Outcome, times_of


def table(outcome: Outcome) -> str:
    """What was done to the parts, and what was found."""
    plan, alarms, audit, outbox = outcome.plan, outcome.alarms, outcome.audit, outcome.outbox
    lines = [
        f"seed {plan.seed}: {plan.points:,} readings a second for {plan.numbers} s "
        f"on {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}",
        "",
        "| fault | how often |",
        "|---|---|",
    ]
    for kind in Kind:
        for target, times in sorted(times_of(outcome.faults, kind).items()):
            lines.append(f"| {kind}: {target} | {times} |")
    together = sum(fault.kind is Kind.KILL and len(fault.targets) > 1 for fault in outcome.faults)
    lines.append(f"| kills of several parts together | {together} |")
    for name, times in sorted(outcome.ended.items()):
        lines.append(f"| ended by itself and was started again: {name} | {times} |")
    local, influx, balances = outcome.local, outcome.influx, outcome.balances
    rows: list[tuple[str, int | str, int | str]] = [
        ("readings in the local store", local.stored, plan.readings),
        ("readings lost", local.lost, 0),
        ("readings stored twice", local.twice, 0),
        ("readings with a wrong value", local.wrong, 0),
        ("readings in InfluxDB", influx.stored, plan.readings),
        ("readings lost", influx.lost, 0),
        ("readings stored twice", influx.twice, 0),
        ("readings with a wrong value", influx.wrong, 0),
        ("readings received", balances.received, f"stored + {balances.repeated:,} repeated"),
        ("conflicts, dead letters", balances.conflicting + balances.dead_lettered, 0),
        ("alarms, each once and with its times", alarms.found - len(alarms.surplus), alarms.expected),
        ("alarms that should not be there", len(alarms.surplus), 0),
        ("of the alarms, found in late readings", alarms.retrospective, "as it happened"),
        ("alarms of sources that were lost for long", alarms.of_sources, "as it happened"),
        ("audit rows about alarms", audit.found, audit.expected),
        ("breaks in the audit chain", len(audit.broken), 0),
        ("outbox rows", outbox.rows, outbox.expected),
        ("outbox rows not sent", outbox.unsent, 0),
        ("seconds until all had come to rest", f"{outcome.rested_after:.0f}", "a few"),
    ]
    lines += ["", "| at the end | found | should be |", "|---|---|---|"]
    lines += [f"| {what} | {_shown(is_)} | {_shown(should)} |" for what, is_, should in rows]
    problems = [*alarms.missing, *alarms.surplus, *audit.wrong, *audit.broken, *outbox.wrong]
    lines += ["", *(f"WRONG: {failure}" for failure in outcome.failures)]
    lines += [f"  {problem}" for problem in problems[:40]]
    return "\n".join(lines) + ("" if outcome.failures else "The proof holds.")


def _shown(value: int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"
