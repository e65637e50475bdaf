"""The editorial board: who holds which office, who sits in the teams, who may act for whom, and who may sign in."""
