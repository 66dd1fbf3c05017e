"""Syllabus 9: what the lessons of streams claim, against real peers."""
