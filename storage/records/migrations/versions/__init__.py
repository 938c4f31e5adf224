"""One file a step, named by its revision. A released step is never changed; the next one is added."""
