"""Trends: what is asked of the stores for a picture of the past, and the picture itself."""
