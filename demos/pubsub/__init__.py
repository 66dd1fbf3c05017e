"""10. Publish and subscribe, as with asyncio-redis."""
