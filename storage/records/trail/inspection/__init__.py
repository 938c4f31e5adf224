"""What goes along with an export of the audit trail, for whoever inspects it."""
