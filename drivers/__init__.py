"""Device drivers: one file per driver, sans-IO protocol modules, and the roles that the agent knows them by."""
