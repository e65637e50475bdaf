"""Pages for staff, and the parts of a page that the public gateway shares; README.md tells how to use them."""
