"""11. asyncio's other parts, and the libraries around it."""
