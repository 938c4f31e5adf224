"""Alert levels from history: the data, the computation beside the page, and what is shown and proposed of it."""
