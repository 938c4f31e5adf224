"""From a vendor's message to readings."""
