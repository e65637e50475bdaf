"""What other systems read: articles, events and proofs as JSON."""
