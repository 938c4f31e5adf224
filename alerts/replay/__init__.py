"""The past judged once more by the same engine: as it happened, and what would have been by other limits."""
