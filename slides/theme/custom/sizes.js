// How large code is, and where words and pictures stand: measured once a slide, before
// it is seen, so that nothing moves once it is. All sizes in the style's unit, --u.
define(['./view'], function (view) {
  'use strict';

  const { notebook, reveal } = view;
  const SMALLEST = 2.5, LARGEST = 3.4;
  const LINE = 1.2;      // of the size: a line's height
  const ADVANCE = 0.5;   // of the size: a letter's width in Iosevka
  const SIDES = [2.2, 1.6];  // a cell's rule and the space beside its code; a column's
  const BETWEEN = 1.2;   // columns
  const FRAME = 1.3;     // above, below and after a cell's code
  const PRINTED = 2;     // lines that a cell is thought to print, if more comes

  const DRAWS = /\b(timeline|stack)\(/;  // what this draws has need of the room

  const unit = () => Math.min(window.innerWidth / 100, window.innerHeight * 0.017778);
  const fitted = new WeakMap();  // a slide's size of code

  const cellsOf = (slide) => notebook().get_cells()
    .filter((cell) => slide.contains(cell.element[0]) && cell.element[0].offsetParent
      && !cell.element[0].closest('aside'));
  const linesOf = (cell) => cell.get_text().split('\n');
  const onlyImports = (cell) => linesOf(cell).every((line) => /^(import|from) |^$/.test(line));
  const isColumn = (cell) => cell.element.hasClass('stage-column');

  // A cell of live coding keeps room for its solution, and what that strikes.
  function linesToCome(cell) {
    const { solution } = cell.metadata.tulipes || {};
    return solution ? [...solution.code.split('\n'), ...Object.values(solution.gone).flat()]
      : [];
  }

  // The rows of a slide: columns side by side are one.
  function rowsOf(cells) {
    const rows = [];
    cells.forEach((cell, index) => {
      if (isColumn(cell) && index && isColumn(cells[index - 1])) rows.at(-1).push(cell);
      else rows.push([cell]);
    });
    return rows;
  }

  const heightOf = (node) => {
    const { marginTop, marginBottom } = getComputedStyle(node);
    return node.offsetHeight + parseFloat(marginTop) + parseFloat(marginBottom);
  };

  function gapsOf(cell) {
    const { gaps = {} } = cell.metadata.tulipes || {};
    return Object.values(gaps).reduce((total, count) => total + count, 0);
  }

  // The largest size at which each line fits its column, and all lines end within the
  // upper 65 % of the screen, beside what else stands above the end of the last cell.
  function sizeOf(slide, u) {
    const rows = rowsOf(cellsOf(slide));
    const isCode = ([cell]) => cell.cell_type === 'code';
    const last = rows.map(isCode).lastIndexOf(true);
    const isLive = rows.flat().some((cell) => linesToCome(cell).length);
    if (last < 0 || rows.flat().some((cell) => DRAWS.test(cell.get_text()))) {
      return SMALLEST;
    }
    const { paddingLeft, paddingRight, paddingTop } = getComputedStyle(slide);
    const width = (slide.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)) / u;
    let lines = 0, other = parseFloat(paddingTop) / u, widest = LARGEST;
    rows.slice(0, last + 1).forEach((row, index) => {
      if (!isCode(row)) {
        other += row.reduce((total, cell) => total + heightOf(cell.element[0]), 0) / u;
        return;
      }
      const columns = row.length;
      const room = (width - BETWEEN * (columns - 1)) / columns - SIDES[Number(columns > 1)];
      const longest = Math.max(...row.flatMap(
        (cell) => [...linesOf(cell), ...linesToCome(cell)].map((line) => line.length)));
      widest = Math.min(widest, room / (ADVANCE * longest));
      lines += Math.max(...row.map(
        (cell) => Math.max(linesOf(cell).length + gapsOf(cell), linesToCome(cell).length)));
      const caption = row[0].element[0].querySelector('.stage-caption');
      other += FRAME + (caption ? heightOf(caption) / u : 0);
      const follows = index < last || isLive;  // a solution is tried
      const prints = follows && !row[0].metadata.demo && !onlyImports(row[0]);
      other += prints ? PRINTED * LINE * SMALLEST : 0;
    });
    const highest = (0.65 * window.innerHeight / u - other) / (LINE * lines);
    const size = Math.min(widest, highest);
    return Math.floor(10 * Math.max(SMALLEST, size)) / 10;
  }

  // What a slide without code has below its title stands in the middle of what is left.
  function gapOf(slide) {
    const title = slide.querySelector('h2');
    const cells = cellsOf(slide).map((cell) => cell.element[0]);
    if (!title || !cells.length || slide.querySelector('.code_cell')) return 0;
    slide.style.setProperty('--gap', '0px');
    const below = cells.at(-1).getBoundingClientRect().bottom
      - title.getBoundingClientRect().bottom;
    const room = slide.getBoundingClientRect().bottom - title.getBoundingClientRect().bottom;
    return Math.max(0, (room - below) / 2.4);
  }

  // A picture that takes the place of the one before it, in steps.
  function layOver(slide) {
    const cells = cellsOf(slide).map((cell) => [cell, cell.element[0]]);
    cells.forEach(([cell, node], index) => {
      const below = cell.metadata.over && index && cells[index - 1][1].querySelector('img');
      if (!below) return;
      const picture = below.closest('p');
      node.style.marginTop = `calc(${(-heightOf(picture) / unit()).toFixed(3)} * var(--u))`;
    });
  }

  function setSize(slide, size) {
    fitted.set(slide, size);
    slide.style.setProperty('--code', `calc(${size} * var(--u))`);
  }

  function fit(slide) {
    if (fitted.has(slide)) return;
    const u = unit();
    setSize(slide, sizeOf(slide, u));
    layOver(slide);
    slide.style.setProperty('--gap', `calc(${(gapOf(slide) / u).toFixed(2)} * var(--u))`);
  }

  // What is typed must be seen: code that needs more room gets smaller, never larger.
  function heedEdits(cell) {
    const slide = cell.element[0].closest('section');
    cell.code_mirror.on('change', () => {
      if (slide !== reveal().getCurrentSlide() || !fitted.has(slide)) return;
      const size = sizeOf(slide, unit());
      if (size >= fitted.get(slide)) return;
      setSize(slide, size);
      view.refreshEditors();
    });
  }

  // Pictures that come late change what is the middle.
  function heedPictures() {
    document.querySelectorAll('.rendered_html img').forEach((image) => {
      if (image.complete) return;
      image.addEventListener('load', () => {
        const slide = image.closest('section');
        if (fitted.delete(slide) && slide === reveal().getCurrentSlide()) fit(slide);
      });
    });
  }

  // The next slide is measured ahead, unseen: the speaker view shows it, too.
  function measureNext() {
    const slides = view.slides();
    const next = slides[slides.indexOf(reveal().getCurrentSlide()) + 1];
    if (!next || fitted.has(next)) return;
    const hidden = [next.parentElement, next];
    const styles = hidden.map(({ style }) => [style.display, style.visibility]);
    hidden.forEach(({ style }) => Object.assign(
      style, { display: 'block', visibility: 'hidden' }));
    fit(next);
    hidden.forEach(({ style }, index) => {
      [style.display, style.visibility] = styles[index];
    });
  }

  function watch() {
    const show = () => {
      fit(reveal().getCurrentSlide());
      setTimeout(measureNext, 100);
    };
    heedPictures();
    notebook().get_cells().filter((cell) => cell.code_mirror && cell.cell_type === 'code')
      .forEach(heedEdits);
    reveal().addEventListener('slidechanged', show);
    window.addEventListener('resize', () => {
      view.slides().forEach((slide) => fitted.delete(slide));
      show();
    });
    show();
  }

  return { watch };
});
