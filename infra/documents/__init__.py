"""What people hand in: files known by their content, pictures re-encoded, manuscripts and markup made clean."""
