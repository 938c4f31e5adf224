"""Copies for inspectors: CSV, Parquet and PDF/A of what a page shows, complete and alike (21 CFR 11.10(b))."""
