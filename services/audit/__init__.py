"""Audit: keeps one verifiable log of every event of every service, and lets reviewers search, prove and export it."""
