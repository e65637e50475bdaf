"""The services of the portal, each a small book with the same chapters."""
