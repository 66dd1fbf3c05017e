"""Everything that draws, for the demos, the decks and the sheet."""
