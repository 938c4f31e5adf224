"""Live values: from the clean topics to every browser, over one stream."""
