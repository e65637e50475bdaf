"""The staff door of content: pages on which the newsroom works."""
