"""Answering alarms by the link in a message."""
