"""The staff pages of the audit service."""
