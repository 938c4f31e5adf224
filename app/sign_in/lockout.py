"""After wrong passwords one has to wait, longer each time; after too many an administrator has to unlock."""

from app.sign_in.rules import SignInRules
from facility.instants import Instant, Span


def wait(rules: SignInRules, failures: int) -> Span:
    """How long to wait after so many failures in a row."""
    costly = failures - rules.free_failures
    if costly < 0:
        return 0
    return min(rules.longest_wait, rules.first_wait << min(costly, 30))


def waits_until(rules: SignInRules, failures: int, failed_at: Instant | None) -> Instant | None:
    """Until when nothing is tried for this account; None where it never failed, or not often enough."""
    span = wait(rules, failures)
    return failed_at + span if span and failed_at is not None else None


def is_too_many(rules: SignInRules, failures: int) -> bool:
    """Is it time to lock the account?"""
    return failures >= rules.most_failures
