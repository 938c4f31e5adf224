"""Where it is kept: samples (readings) and records (what people and inspectors rely on)."""
