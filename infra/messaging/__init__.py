"""How services hear of one another's events and ask one another questions, over RabbitMQ."""
