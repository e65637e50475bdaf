"""The board's staff pages, and the door through which all staff come in."""
