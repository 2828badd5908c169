"""What all tests need: the district's database driver is there before the tables come up, which then go with it."""

import psycopg  # noqa: F401
