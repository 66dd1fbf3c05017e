"""What Redis has and this server hasn't: an error that says so.

It has publish and subscribe, and strings by their keys: as much as the
tests of clients need. For all else, take a Redis.

Source: https://redis.io/docs/latest/commands
"""

import re

FAMILIES = {
    "scripts": r"eval(sha)?(_ro)?|fcall(_ro)?|function|script",
    "lists": (
        r"b?[lr]pop|[lr]pushx?|b?lmove|b?lmpop|b?rpoplpush"
        r"|l(index|insert|len|pos|range|rem|set|trim)"
    ),
    "hashes": (
        r"h(del|exists|get|incrby|keys|len|mget|mset|rand|scan|set"
        r"|strlen|vals)[a-z]*"
    ),
    "sets": (
        r"s(add|card|diff|inter|ismember|members|mismember|move|pop"
        r"|randmember|rem|scan|union)[a-z]*"
    ),
    "sorted sets": (
        r"b?z(add|card|count|diff|incrby|inter|lexcount|mpop|mscore|pop"
        r"|rand|range|rank|rem|rev|scan|score|union)[a-z]*"
    ),
    "streams": (
        r"x(ack|add|autoclaim|claim|del|group|info|len|pending|range"
        r"|read|readgroup|revrange|setid|trim)"
    ),
}
"""The names of the commands that aren't here."""


def absent(name: str) -> str:
    """Say that the family of a command is missing, if it is one."""
    for family, pattern in FAMILIES.items():
        if re.fullmatch(pattern, name.lower()):
            return f"(this stub of Redis has no {family})"
    return ""
