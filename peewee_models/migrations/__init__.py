"""Numbered migration scripts with frozen copies of the tables; run by `peewee_models.schema`."""
