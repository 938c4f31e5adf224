"""Ages and how they are written; Python and the browser are held against the same examples."""

AGES = [
    (-500, "0.0 s"),
    (0, "0.0 s"),
    (840, "0.8 s"),
    (1_999, "1.9 s"),
    (2_000, "2 s"),
    (59_999, "59 s"),
    (60_000, "1 min"),
    (14 * 60_000 + 59_000, "14 min"),
    (3_600_000, "1 h"),
    (20 * 3_600_000, "20 h"),
    (47 * 3_600_000, "47 h"),
    (48 * 3_600_000, "2 days"),
    (9 * 86_400_000 + 1, "9 days"),
]
