// Live coding: a cell starts as an earlier stage had it, and a key has the solution. The
// facts come from slides/solutions.py.
define(['./code', './view'], function (code, view) {
  'use strict';

  const { notebook, say } = view;
  const known = (cell) => (cell.metadata.tulipes || {}).solution;
  const isSolved = (cell) => cell.get_text() === known(cell).code;

  // A solution shows what it changes: marked, and above it, struck, what it replaces.
  function compare(cell) {
    const { differs, gone } = known(cell);
    code.mark(cell.code_mirror, differs);
    Object.entries(gone).forEach(([line, texts]) => {
      const block = document.createElement('div');
      block.className = 'stage-gone';
      texts.forEach((text) => {
        const struck = document.createElement('s');
        struck.textContent = text.trim();
        block.append(text.match(/^\s*/)[0], struck, '\n');
      });
      code.putBefore(cell.code_mirror, Number(line), block);
    });
  }

  // What was typed stays in the notebook: the same key gives it back.
  function solve(cell) {
    cell.metadata.typed = cell.get_text();
    cell.set_text(known(cell).code);
    compare(cell);
  }

  function goBack(cell) {
    const { typed } = cell.metadata;
    cell.set_text(typed === undefined ? known(cell).from : typed);
    delete cell.metadata.typed;
  }

  function toggle() {
    const cells = view.slideCells().filter(known);
    const open = cells.filter((cell) => !isSolved(cell));
    if (open.length) open.forEach(solve);
    else cells.forEach(goBack);
    if (!cells.length) say('No cell of this slide has a solution.');
  }

  // As if the show had come by: what nobody touched is solved.
  function solveUntouched(cell) {
    if (known(cell) && cell.get_text() === known(cell).from) solve(cell);
  }

  function watch() {
    notebook().get_cells().filter(known).filter(isSolved).forEach(compare);
  }

  return { toggle, solveUntouched, watch };
});
