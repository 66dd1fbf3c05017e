// Nothing is lost: the copy is saved all the time, and a reload comes back to its
// slide, with what was not saved yet.
define(['./view'], function (view) {
  'use strict';

  const { notebook, reveal } = view;
  const memory = 'tulipes:' + window.location.pathname;

  function keep() {
    const nb = notebook();
    const Notebook = Object.getPrototypeOf(nb);
    const save = Notebook.save_notebook;
    Notebook.save_notebook = function () {
      return save.call(this, false);  // no dialog about a newer file
    };
    nb.set_autosave_interval(0);  // its own slows down with every slow save
    setInterval(() => nb.dirty && nb.save_notebook(), 2000);
    window.onbeforeunload = () => {
      if (nb.dirty) {
        sessionStorage.setItem(memory + ':unsaved', JSON.stringify(nb.toJSON()));
      }
    };
    ['slidechanged', 'fragmentshown', 'fragmenthidden'].forEach(
      (name) => reveal().addEventListener(name, rememberSlide));
  }

  function restoreUnsaved() {
    const unsaved = sessionStorage.getItem(memory + ':unsaved');
    if (!unsaved) return;
    sessionStorage.removeItem(memory + ':unsaved');
    const cells = JSON.parse(unsaved).cells;
    notebook().get_cells().forEach((cell, index) => {
      const kept = JSON.stringify(cells[index]);
      if (cell.cell_type === 'code' && JSON.stringify(cell.toJSON()) !== kept) {
        cell.fromJSON(JSON.parse(kept));
        notebook().set_dirty(true);
      }
    });
  }

  function rememberSlide() {
    sessionStorage.setItem(memory, JSON.stringify(reveal().getState()));
  }

  // Where to start: a reload where it was, else the slide that the URL asks for.
  function startingState() {
    const kept = sessionStorage.getItem(memory);
    if (kept) return JSON.parse(kept);
    const asked = new URLSearchParams(window.location.search).get('slide');
    return { indexh: 0, indexv: 0, number: Number(asked || 1) };
  }

  // RISE starts on the slide of the selected cell.
  function selectSlide(state) {
    let h = -1, v = 0, number = 0, found = 0;
    notebook().get_cells().some((cell, index) => {
      const type = (cell.metadata.slideshow || {}).slide_type;
      if (type === 'slide') { h += 1; v = 0; number += 1; }
      if (type === 'subslide') { v += 1; number += 1; }
      found = index;
      return state.number ? number === state.number
        : h === state.indexh && v === (state.indexv || 0);
    });
    notebook().select(found);
  }

  return { keep, restoreUnsaved, startingState, selectSlide };
});
