"""The proof that no reading and no alarm is lost, whatever is killed: `make crash`."""
