"""Pictures and work queues: what the roster says as a whole, for screens and commands to show."""
