"""The public side of the portal: it decides nothing, bakes what the services publish, and lets everybody read it."""

NAME = "gateway"
"""Under this name the public side is known to MongoDB and RabbitMQ."""
