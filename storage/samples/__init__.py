"""Readings: one small protocol (`store.py`) and its backends."""
