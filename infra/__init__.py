"""What every service stands on: event store, bus, read stores, web, and the one-machine runner."""
