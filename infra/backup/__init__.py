"""Copies everything that cannot be made again, while the system runs, and brings it back on an empty machine."""
