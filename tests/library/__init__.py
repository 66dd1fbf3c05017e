"""Syllabus 11.4: what the lessons of library claim, against real peers."""
