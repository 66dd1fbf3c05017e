"""The printed sheet, made of what the demos and the decks mark for it.

In reading order, each importing only what stands before it:

    entries.py   what sheet.toml says: pages, boxes, families
    nodes.py     what a box is made of: words, code, tables, pictures
    prose.py     from cells tagged `cheatsheet`, in Markdown, to nodes
    listing.py   from an address in the demos to lines of code, with their colours
    ran.py       which Pythons ran which lesson: ran.json, written by the tests
    samples.py   from a lesson's docstring to what it prints on which Pythons
    tables.py    from data of the demos and decks to tables
    tree.py      the whole sheet in one language
    pdf.py       the tree set by typst, with sheet.typ (pages) and boxes.typ
    style.py     the look of the same sheet on a screen: web.css, fonts, colours
    markup.py    what is in a box, as HTML
    web.py       the tree as one HTML file, for phones
    build.py     the files that are asked for, each replaced whole
    watch.py     the same again, at each change of a source
    cli.py       the command line
"""
