"""What pages and other services ask of the board, and the views in which it answers."""
