"""Content: what comes in, the three approvals, what is published, corrected and withdrawn."""
