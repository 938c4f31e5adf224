"""How the records store got its present shape, one step a file in `versions/`."""
