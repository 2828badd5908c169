"""What keeps a station running: checks of the installation and of the data folder."""
