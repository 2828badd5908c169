"""The daemon: everything between the devices and the page."""
