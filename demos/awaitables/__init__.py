"""5. Awaitables: what hides behind `async` and `await`."""
