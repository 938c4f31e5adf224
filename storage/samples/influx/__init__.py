"""The production store: readings in InfluxDB, written as line protocol, read as InfluxQL.

Import from its modules: whoever reads the settings needs `address`, and neither pandas nor a client.
"""
