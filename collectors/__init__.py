"""Getting data in: codecs, MQTT, the followers that publish, the simulator, the embedded broker."""
