"""Alert levels from history: what several methods make of the same data, and whether each may be used.

`docs/alert-levels.md` has every formula with its source.
"""
