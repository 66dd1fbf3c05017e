"""12. Good practice: see what a program does, and what it forgets."""
