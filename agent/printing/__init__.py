"""Papers that the station prints: forms, slips, notices, the person's own data."""
