"""Users, roles, sign-in and the audit rows."""
