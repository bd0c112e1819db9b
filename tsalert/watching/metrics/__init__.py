"""Numbers for a Prometheus: what the web processes answered, and how the service stands."""
