"""What inspectors ask of the audit log, and the views in which it answers."""
