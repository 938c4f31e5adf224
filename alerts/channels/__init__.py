"""Channels: ways by which a message reaches people, and how it is known whether it did."""
