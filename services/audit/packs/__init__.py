"""Audit packs: acts with their proofs in one zip, made beside the pages, kept for a while, checked with Python alone."""
