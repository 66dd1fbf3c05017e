"""Syllabus 4: what the lessons of language claim."""
