"""What `make bench` runs and prints."""
