"""Deciding and telling: rules, state machine, engine, outbox."""
