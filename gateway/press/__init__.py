"""The press: follows what the services publish and bakes the pages that it changes."""
