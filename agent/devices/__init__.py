"""The devices: worker processes, the supervisor that owns their state, and the service that pages call."""
