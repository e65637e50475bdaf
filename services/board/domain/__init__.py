"""What the board remembers: offices, teams, delegations, accounts, collaborators, and who tried what was not theirs."""
