"""The printed sheet, made of what the demos and the decks mark for it."""
