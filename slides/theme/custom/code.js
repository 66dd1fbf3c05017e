// How code is shown: what suspends in colour, two versions side by side with what
// differs, a function told in steps. The facts come from slides/beside.py.
define(['./view'], function (view) {
  'use strict';

  const { notebook, reveal } = view;
  const facts = (cell) => cell.metadata.tulipes || {};
  const sectionOf = (cell) => cell.element[0].closest('section');

  // Words beside Python's own tokens: in a string, they are no keywords.
  const SUSPENDS = /await\b|async(?=\s+(?:for|with)\b)/;
  const AFTER_ASYNC = /async\s+$/;
  const suspends = {
    token(stream) {
      const { string, pos: start } = stream;
      const isWord = !/\w/.test(string[start - 1] || ' ');
      if (isWord && stream.match(SUSPENDS)) return 'suspends';
      const isAfter = AFTER_ASYNC.test(string.slice(0, start));
      if (isAfter && stream.match(/(?:for|with)\b/)) return 'suspends';
      stream.next();
      return null;
    },
  };

  // Captions, and the places of one version where the other has more lines.
  function setBeside(cell) {
    const { beside } = cell.metadata, { code_mirror: editor } = cell;
    // What was edited before a reload, the marks do not know.
    const known = facts(cell).of === cell.get_text();
    const { differs = [], gaps = {} } = known ? facts(cell) : {};
    sectionOf(cell).classList.add('stage-beside');
    cell.element.addClass('stage-column');
    cell.element[0].style.setProperty('--columns', facts(cell).columns || 1);
    const caption = document.createElement('div');
    caption.className = 'stage-caption';
    caption.textContent = beside;
    cell.element.prepend(caption);
    mark(editor, differs);
    Object.entries(gaps).forEach(([line, count]) => {
      const gap = document.createElement('div');
      gap.style.height = `${1.2 * count}em`;
      putBefore(editor, Number(line), gap);
    });
  }

  function mark(editor, differs) {
    differs.forEach(([line, start, end]) => editor.markText(
      { line, ch: start }, { line, ch: end }, { className: 'stage-changed' }));
  }

  function putBefore(editor, line, node) {
    const above = line < editor.lineCount();
    editor.addLineWidget(above ? line : editor.lastLine(), node, { above });
  }

  // The fragment shown last says which lines matter: the others step back.
  function step() {
    const slide = reveal().getCurrentSlide();
    const shown = [...slide.querySelectorAll('.fragment.visible')].pop();
    const cells = view.slideCells();
    const telling = shown && cells.find((cell) => cell.metadata.lines
      && (shown === cell.element[0] || shown.contains(cell.element[0])));
    cells.forEach((cell) => {
      if (cell.cell_type !== 'code') return;
      const { demo, lines } = telling ? telling.metadata : {};
      const tells = telling && cell.metadata.demo === demo;
      const pattern = tells && new RegExp(lines);
      cell.code_mirror.eachLine((line) => {
        const dims = pattern && line.text.trim() && !pattern.test(line.text);
        const change = dims ? 'addLineClass' : 'removeLineClass';
        cell.code_mirror[change](line, 'wrap', 'stage-dim');
      });
    });
  }

  function watch() {
    notebook().get_cells().forEach((cell) => {
      if (cell.cell_type !== 'code') return;
      cell.code_mirror.addOverlay(suspends);
      if (cell.metadata.beside) setBeside(cell);
    });
    ['slidechanged', 'fragmentshown', 'fragmenthidden'].forEach(
      (event) => reveal().addEventListener(event, step));
    step();
  }

  return { mark, putBefore, watch };
});
