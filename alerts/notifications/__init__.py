"""Telling people of alarms: what is told when, in which words, and how it is handed to channels."""
