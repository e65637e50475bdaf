"""What watches the logs without end: readings of everything in turn, what they have found, and what they say now."""
