"""Records: alarms, acknowledgements, room states, site revisions, audit rows, in one relational database."""
