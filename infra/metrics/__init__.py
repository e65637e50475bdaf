"""What processes tell machines about how they fare, in the form that Prometheus reads."""
