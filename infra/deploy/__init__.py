"""The production-shaped way: what containers need besides the processes themselves."""
