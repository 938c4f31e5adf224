"""The audit trail: its chain of rows, anchors outside, reviews, and packages for inspectors."""
