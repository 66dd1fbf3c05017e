// Three things that Jupyter does several times for each cell that it loads, half of the
// time that a deck takes to open.
define([
  'jquery', 'base/js/markdown', 'codemirror/lib/codemirror', 'notebook/js/notebook',
], function ($, markdown, CodeMirror, notebook) {
  'use strict';

  const { Notebook } = notebook;

  // It looks for all cells: RISE searches the page for them, here is a live list.
  function findCellsOnce() {
    let cells;
    Object.defineProperty(Notebook.prototype, 'get_cell_elements', {
      get: () => function () {
        cells = cells || this.container[0].getElementsByClassName('cell');
        return $(cells);
      },
      set: () => {},  // RISE sets its own, now or later
    });
  }

  // It parses Markdown in another document: jQuery examines the browser anew for each
  // document that it searches, if it is not the one of last time.
  function stayInDocument() {
    const { render } = markdown;
    markdown.render = (text, options, done) => render(text, options, (error, html) => {
      if (html && html.jquery) html.each((_, node) => document.adoptNode(node));
      done(error, html);
    });
  }

  // It lays out each editor by itself: editors that change in the course of one's
  // operation are laid out together at its end.
  function layOutTogether() {
    const { fromJSON } = Notebook.prototype;
    const first = new CodeMirror(document.createElement('div'));
    Notebook.prototype.fromJSON = function (data) {
      return first.operation(() => fromJSON.call(this, data));
    };
  }

  function faster() {
    findCellsOnce();
    stayInDocument();
    layOutTogether();
  }

  return { faster };
});
