"""The front door: command line, settings, starting and supervising the processes."""
