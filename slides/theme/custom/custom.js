// Jupyter loads this file in every notebook. It opens the show, once all that RISE
// needs is there. What the show does then stands in the six files beside it: kernel,
// keys, pace, prompts, saving, view. The speaker view is a page of its own, speaker/.

// RequireJS gives up, for good, what takes 30 seconds: a busy machine may.
requirejs.config({ waitSeconds: 0 });

define([
  'jquery', 'base/js/namespace', 'base/js/markdown', 'notebook/js/outputarea',
  './kernel', './keys', './pace', './prompts', './saving', './view',
], function ($, Jupyter, markdown, outputarea, kernel, keys, pace, prompts, saving, view) {
  'use strict';

  // custom.css hides the notebook until it is a slideshow: should that never come,
  // a notebook is better than an empty page.
  setTimeout(() => document.body.classList.toggle('stage-late', !view.onStage()), 20000);

  const { notebook, reveal, onStage } = view;
  const until = (condition) => new Promise((resolve) => {
    const look = () => (condition() ? resolve() : setTimeout(look, 20));
    look();
  });

  // Two things that Jupyter does several times for each cell that it loads, a
  // quarter of the time that a deck takes to open.
  function loadFaster() {
    // It looks for all cells: RISE searches the page for them, here is a live list.
    const cells = notebook().container[0].getElementsByClassName('cell');
    Object.defineProperty(Object.getPrototypeOf(notebook()), 'get_cell_elements', {
      get: () => () => $(cells),
      set: () => {},  // RISE sets its own, now or later
    });
    // It parses Markdown in another document: jQuery examines the browser anew for
    // each document that it searches, if it is not the one of last time.
    const { render } = markdown;
    markdown.render = (text, options, done) => render(text, options, (error, html) => {
      if (html && html.jquery) html.each((_, node) => document.adoptNode(node));
      done(error, html);
    });
  }

  async function start() {
    await until(notebook);
    loadFaster();
    await until(() => notebook()._fully_loaded
      && Jupyter.keyboard_manager.actions.exists('RISE:smart-exec'));
    const facts = notebook().metadata.tulipes || {};
    document.documentElement.lang = facts.lang || 'en';
    if (!facts.talk) return;  // a notebook like another: no show
    outputarea.OutputArea.auto_scroll_threshold = -1;
    saving.restoreUnsaved();
    const state = saving.startingState();
    saving.selectSlide(state);
    if (!onStage()) Jupyter.keyboard_manager.actions.call('RISE:slideshow');
    await until(() => reveal() && reveal().isReady && reveal().isReady());
    $('#exit_b, #help_b').remove();
    keys.unbindOthers();
    view.addTitle(facts.title);
    if (state.indexf >= 0) reveal().slide(state.indexh, state.indexv, state.indexf);
    kernel.tellQuietly();
    kernel.tellCells();
    prompts.watch();
    saving.keep();
    keys.guard();
    view.watch();
    pace.watch();
    await document.fonts.ready;
    view.refreshEditors();
    document.title = facts.title;
    document.body.classList.add('stage-ready');
  }

  start();
});
