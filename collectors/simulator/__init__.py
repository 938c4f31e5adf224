"""A simulated plant that speaks MQTT like any other plant."""
