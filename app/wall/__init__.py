"""The wall display: the suite at a glance from five metres, on a page of its own."""
