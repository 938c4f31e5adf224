"""What the standards say, as numbers: one module a standard, and `defaults` that turns them into limits.

`iso14644` (ISO 14644-1:2015), `annex1` (EU GMP Annex 1:2022), `fda2004` (FDA, Sterile Drug Products Produced by
Aseptic Processing, 2004), `usp797` (USP <797>, official since November 2023). A cell that a standard leaves open is
None, never 0: it is no limit.

The numbers come from public sources and from the standards' own formulas. Before use they must be checked against
the purchased standards by a person who has them.
"""
