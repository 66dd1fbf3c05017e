"""4. The language: `async with`, `async for`, comprehensions."""
