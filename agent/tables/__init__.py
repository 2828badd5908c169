"""The code tables and rule parameters of the station: looked at, brought as files, put in force, changed."""
