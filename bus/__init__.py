"""The MQTT client and the topic names."""
