"""The audit log: entries, the RFC 6962 tree over them, signed checkpoints, proofs, and verification."""
