"""11. The library around asyncio: the web, SSH, databases."""
