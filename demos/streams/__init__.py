"""9. Streams, transports, protocols, child processes."""
