"""Showing: server, pages, components, live hub."""
