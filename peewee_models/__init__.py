"""The tables of the station, the queries on them and the migrations: no HTTP, no clocks, no files but the database."""
