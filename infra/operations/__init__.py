"""How the running system fares: what a technician looks at first, and what can be done about what is stuck."""
