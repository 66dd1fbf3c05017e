"""7. The event loop: what runs, and when."""
