"""The aggregates of content: they decide by the policy and record what happened."""
