"""The decks, and the stage they are shown on: `python -m slides --help`."""
