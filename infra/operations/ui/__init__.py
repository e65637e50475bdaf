"""The staff pages of those who run the system."""
