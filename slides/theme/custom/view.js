// What is seen: the slide and its cells, the line for the speaker, output that
// grows.
define(['jquery', 'base/js/namespace'], function ($, Jupyter) {
  'use strict';

  const notebook = () => Jupyter.notebook;
  const reveal = () => window.Reveal;
  const onStage = () => document.body.classList.contains('rise-enabled');

  const isEditor = (target) => Boolean(target.closest && target.closest('.CodeMirror'));

  const slides = () => [
    ...document.querySelectorAll('.reveal .slides > section > section')];

  function slideCells() {
    const slide = reveal().getCurrentSlide();
    return notebook().get_cells().filter((cell) => slide.contains(cell.element[0]));
  }

  // The code cells that the slide shows by now.
  function runnableCells() {
    return slideCells().filter((cell) => cell.cell_type === 'code'
      && !cell.element[0].closest('.fragment:not(.visible)'));
  }

  // One line to the speaker, out of the way, for a few seconds.
  const box = $('<div id="stage-message" role="status">').appendTo('body')[0];
  let silence;
  function say(line, seconds) {
    box.textContent = line;
    box.classList.add('shown');
    clearTimeout(silence);
    silence = setTimeout(() => box.classList.remove('shown'), (seconds || 4) * 1000);
  }

  // Takes a line back, if it is still the last one.
  function hush(line) {
    if (box.textContent === line) box.classList.remove('shown');
  }

  // Keeps the end of what a cell prints on the screen.
  function followOutput() {
    const container = document.getElementById('notebook-container');
    new MutationObserver((changes) => {
      const slide = reveal().getCurrentSlide();
      const grown = changes.map((change) => change.target)
        .map((node) => (node.closest ? node : node.parentElement))
        .filter((node) => node && node.closest('.output') && slide.contains(node));
      if (!grown.length) return;
      trimErrors();
      // What is printed; the place kept for what an earlier run printed is no text.
      const { lastElementChild: last } = grown[grown.length - 1]
        .closest('.output_wrapper').querySelector('.output');
      if (!last) return;
      const over = last.getBoundingClientRect().bottom
        - slide.getBoundingClientRect().bottom;
      if (over > 0 || slide.scrollTop > 0) slide.scrollTop += over;
    }).observe(container, { childList: true, characterData: true, subtree: true });
  }

  // nbclassic ends an error with empty lines.
  function trimErrors() {
    document.querySelectorAll('.output_error pre').forEach(({ lastChild: last }) => {
      if (last && /\n\s*$/.test(last.textContent)) {
        last.textContent = last.textContent.trimEnd();
      }
    });
  }

  function refreshEditors() {
    slideCells().forEach((cell) => cell.code_mirror && cell.code_mirror.refresh());
  }

  // RISE would do it in a timeout, when the next key may have come: it is told not to.
  function selectFirst() {
    const first = reveal().getCurrentSlide().querySelector('.code_cell');
    const cells = notebook().get_cells();
    if (first) notebook().select(cells.findIndex(({ element }) => element[0] === first));
  }

  // From the first slide on, all that changes how it looks is seen to.
  function watch() {
    // After RISE's own listeners, which select nothing, and before the next key.
    ['ready', 'slidechanged', 'fragmentshown', 'fragmenthidden'].forEach((name) =>
      reveal().addEventListener(name, () => queueMicrotask(selectFirst)));
    selectFirst();
    reveal().addEventListener('slidechanged', refreshEditors);
    window.addEventListener('resize', refreshEditors);
    followOutput();
    trimErrors();
  }

  return {
    notebook, reveal, onStage, isEditor, slides, slideCells, runnableCells, say, hush,
    refreshEditors, selectFirst, watch,
  };
});
