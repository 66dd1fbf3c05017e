"""Change the printed code, one word at a time, and see whether a test notices.

    make mutate

No library: mutmut changes whole packages and runs pytest in its own process, where
most of our tests start another Python; cosmic-ray changes whole files in place. None
knows the sheet's addresses, or takes an `await` away.

    printed.py    which statements of which lessons the sheet prints
    changes.py    what can be changed in a statement
    mutants.py    a lesson's mutants, and those that are accepted as they are
    room.py       a copy of the tree, in which a mutant is judged
    __main__.py   the command line
"""
