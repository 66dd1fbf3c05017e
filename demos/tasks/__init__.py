"""8. Futures and tasks: the loop runs tasks and keeps how they end."""
