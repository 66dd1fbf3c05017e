// Jupyter loads this file in every notebook. It opens the show, once all that RISE
// needs is there. What the show does then stands in the files beside it;
// the speaker view is a page of its own, in speaker/.

define((require) => {
  'use strict';

  const $ = require('jquery');
  const Jupyter = require('base/js/namespace');
  const { OutputArea } = require('notebook/js/outputarea');
  const code = require('./code');
  const dress = require('./dress');
  const kernel = require('./kernel');
  const keys = require('./keys');
  const outputs = require('./outputs');
  const pace = require('./pace');
  const prompts = require('./prompts');
  const running = require('./running');
  const saving = require('./saving');
  const sizes = require('./sizes');
  const solutions = require('./solutions');
  const stray = require('./stray');
  const view = require('./view');

  // custom.css hides the notebook until it is a slideshow: should that never come,
  // a notebook is better than an empty page.
  setTimeout(() => document.body.classList.toggle('stage-late', !view.onStage()), 20000);

  const { notebook, reveal, onStage } = view;
  const until = (condition) => new Promise((resolve) => {
    const look = () => (condition() ? resolve() : setTimeout(look, 20));
    look();
  });

  async function start() {
    await until(notebook);
    await until(() => notebook()._fully_loaded
      && Jupyter.keyboard_manager.actions.exists('RISE:smart-exec'));
    const facts = notebook().metadata.tulipes || {};
    document.documentElement.lang = facts.lang || 'en';
    if (!facts.talk) return;  // a notebook like another: no show
    OutputArea.auto_scroll_threshold = -1;
    saving.restoreUnsaved();
    const state = saving.startingState();
    saving.selectSlide(state);
    if (!onStage()) Jupyter.keyboard_manager.actions.call('RISE:slideshow');
    await until(() => reveal() && reveal().isReady && reveal().isReady());
    $('#exit_b, #help_b').remove();
    keys.unbindOthers();
    // All letters are there before a slide shows them, else it moves when they come.
    const ours = [...document.fonts].filter(({ family }) => /Inter|Iosevka/.test(family));
    await Promise.allSettled(ours.map((font) => font.load()));
    dress.dress();
    code.watch();
    solutions.watch();
    sizes.watch();
    if (state.indexf >= 0) reveal().slide(state.indexh, state.indexv, state.indexf);
    kernel.tellQuietly();
    kernel.tellCells();
    kernel.explainErrors();
    running.watch();
    prompts.watch();
    stray.watch();
    outputs.keepPlaces();
    saving.keep();
    keys.guard();
    view.watch();
    pace.watch();
    view.refreshEditors();
    document.title = facts.title;
    document.body.classList.add('stage-ready');
  }

  start();
});
