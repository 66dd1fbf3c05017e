"""All the drawing, for the demos, the decks and the cheatsheet.

In reading order, each importing only what stands before it: trace (a recorded
run), outcome, proxy, prints, shadow, recorder; lang, text (fonts, widths),
outlines (texts as shapes), svg (a page), marks; lanes, scales, thread, picture
(lanes as SVG); words, facts (a run as what one asserts), layout (a run as lanes);
chart (lanes in a terminal), timeline; stack; crawlers, chronogram; turns; figures.
"""
