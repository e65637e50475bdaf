"""What is kept to be read: rows that follow the log, their positions, files, and erasable personal data."""
