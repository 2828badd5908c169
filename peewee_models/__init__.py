"""The tables of the station, the queries on them and the migrations: no HTTP, no clocks, no files but the database.

peewee loads every engine's driver that it finds.  PostgreSQL's, with a second OpenSSL in it, would cost each station
memory and a slower start for an engine that it never opens: it is there only for who has imported it already.
"""

import sys

sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]  # None: not to be imported
