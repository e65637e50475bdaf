"""The use cases of the board, one file for each aggregate: load, decide, save."""
