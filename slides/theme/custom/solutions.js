// Live coding: a cell starts as an earlier stage had it, and a key has the solution. The
// facts come from slides/solutions.py.
define(['./code', './view'], function (code, view) {
  'use strict';

  const { notebook, say } = view;
  const known = (cell) => (cell.metadata.tulipes || {}).solution;
  const isSolved = (cell) => cell.metadata.typed !== undefined
    || cell.get_text() === known(cell).code;

  // What is undone is the speaker's typing, never the key.
  function setText(cell, text) {
    cell.set_text(text);
    cell.code_mirror.clearHistory();
    if (!cell.element.hasClass('running')) cell.clear_output();
  }

  // A solution shows what it changes: marked, and above it, struck, what it replaces.
  function compare(cell) {
    const { differs, gone } = known(cell);
    if (cell.get_text() !== known(cell).code) return;  // it was edited
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

  // What was typed stays in the notebook, and what was changed in the solution: the same
  // key gives back the one, then the other.
  function solve(cell) {
    const { solved = known(cell).code } = cell.metadata;
    cell.metadata.typed = cell.get_text();
    delete cell.metadata.solved;
    setText(cell, solved);
    compare(cell);
  }

  function goBack(cell) {
    const { typed = known(cell).from } = cell.metadata;
    if (cell.get_text() !== known(cell).code) cell.metadata.solved = cell.get_text();
    delete cell.metadata.typed;
    setText(cell, typed);
  }

  function toggle() {
    notebook().command_mode();
    const cells = view.slideCells().filter(known);
    const open = cells.filter((cell) => !isSolved(cell));
    if (open.length) open.forEach(solve);
    else cells.forEach(goBack);
    if (cells.length) notebook().select(notebook().find_cell_index(cells[0]));
    else say('No cell of this slide has a solution.');
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
