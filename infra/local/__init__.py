"""The one-machine runner: provides MongoDB and RabbitMQ, gives each service its own users, starts the processes."""
