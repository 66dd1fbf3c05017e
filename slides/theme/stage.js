// The stage's glue in the browser: starts RISE once everything it needs is
// there, brings a reload back to its slide, saves, binds the speaker's keys and
// unbinds every key that could harm a deck.
define([
  'jquery', 'base/js/namespace', 'base/js/events', 'notebook/js/codecell',
  'notebook/js/outputarea', 'services/kernels/kernel', 'base/js/markdown',
], function ($, Jupyter, events, codecell, outputarea, kernels, markdown) {
  'use strict';

  // stage.css hides the notebook until it is a slideshow: should that never come,
  // a notebook is better than an empty page.
  setTimeout(() => document.body.classList.add('stage-late'), 20000);

  const inNotes = window.parent !== window;  // a frame of the speaker view
  const memory = 'tulipes:' + window.location.pathname;
  const HELP = [
    'Shift-Enter  run the cell          Esc  leave the cell',
    'F2  interrupt                      F4  panic: stop what cells started',
    'F8  run all before this slide      F9 F9  restart the kernel, then F8',
    'b or .  black screen               t  speaker view',
    'w  overview                        Home End  first, last slide',
  ].join('\n');

  const notebook = () => Jupyter.notebook;
  const reveal = () => window.Reveal;
  const onStage = () => document.body.classList.contains('rise-enabled');
  const editing = () => notebook().mode === 'edit';
  const slideCells = () => {
    const slide = reveal().getCurrentSlide();
    return notebook().get_cells().filter((cell) => slide.contains(cell.element[0]));
  };
  const until = (condition) => new Promise((resolve) => {
    const look = () => (condition() ? resolve() : setTimeout(look, 20));
    look();
  });
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // One line to the speaker, out of the way, for a few seconds.
  const box = $('<div id="stage-message" role="status">').appendTo('body')[0];
  let silence;
  function say(line, seconds) {
    box.textContent = line;
    box.classList.add('shown');
    clearTimeout(silence);
    silence = setTimeout(() => box.classList.remove('shown'), (seconds || 4) * 1000);
  }

  // The kernel

  let round = null;  // the run of F8 under way; another object ends it

  function interrupt() {
    round = null;
    say('Interrupted.', 2);
    return Promise.resolve(notebook().kernel.interrupt());
  }

  // The kernel closes what a cell's last run opened: it must know which cell runs.
  function tellCells() {
    const { Kernel } = kernels, { CodeCell } = codecell;
    const send = Kernel.prototype.send_shell_message;
    const execute = CodeCell.prototype.execute;
    let cellId;
    CodeCell.prototype.execute = function (...rest) {
      cellId = (this.metadata.tulipes || {}).id;
      try {
        return execute.apply(this, rest);
      } finally {
        cellId = undefined;
      }
    };
    Kernel.prototype.send_shell_message = function (type, content, on, metadata, ...rest) {
      const known = type === 'execute_request' ? { cellId } : {};
      return send.call(this, type, content, on, Object.assign(known, metadata), ...rest);
    };
  }

  // Runs an expression in the kernel beside the cells; its value, as text.
  function ask(code, expression) {
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('no reply')), 1000);
      notebook().kernel.execute(code, {
        shell: {
          reply: (message) => {
            const content = message.content;
            const said = (content.user_expressions || {}).said;
            if (content.status === 'ok' && said && said.status === 'ok') {
              resolve(said.data['text/plain'].replace(/^['"]|['"]$/g, ''));
            } else {
              reject(new Error(content.status));
            }
          },
        },
      }, { silent: true, user_expressions: { said: expression } });
    });
  }

  async function panic() {
    const stage = "__import__('slides.kernel', fromlist=['panic'])";
    say('Stopping…', 30);
    try {
      await interrupt();
      for (let tries = 0; ; tries++) {
        try {
          say(await ask(`await ${stage}.panic()`, `${stage}.said()`), 6);
          return;
        } catch (error) {
          // What waits behind an interrupted cell is thrown away: ask again.
          if (tries === 20 || (tries > 2 && error.message === 'no reply')) throw error;
          await pause(30);
        }
      }
    } catch (error) {
      say('The kernel does not answer: F9 twice restarts it.', 10);
    }
  }

  function run(cell) {
    return new Promise((resolve) => {
      const done = (_, data) => {
        if (data.cell === cell) {
          events.off('finished_execute.CodeCell', done);
          resolve();
        }
      };
      events.on('finished_execute.CodeCell', done);
      cell.execute(false);
    });
  }

  // Runs every cell before the current slide, without leaving it.
  async function catchUp() {
    if (round) return;
    const mine = round = {};
    const first = notebook().find_cell_index(slideCells()[0]);
    const cells = notebook().get_cells().slice(0, first)
      .filter((cell) => cell.cell_type === 'code');
    for (let i = 0; i < cells.length && round === mine; i++) {
      say(`Running the cells before this slide: ${i + 1} of ${cells.length}…`, 60);
      await run(cells[i]);
    }
    if (round !== mine) return;
    say(`Ready: ${cells.length} cells were run.`);
    round = null;
  }

  let sure = 0;
  function restart() {
    if (Date.now() - sure > 3000) {
      sure = Date.now();
      say('F9 again restarts the kernel and runs all before this slide.', 3);
      return;
    }
    round = null;
    say('Restarting…', 30);
    events.one('kernel_ready.Kernel', catchUp);
    notebook().kernel.restart();
  }

  // Jupyter tells of a kernel's troubles in dialogs that wait for a click.
  function tellQuietly() {
    const troubles = {
      'kernel_autorestarting.Kernel': 'The kernel died and comes back: then F8.',
      'kernel_dead.Kernel': 'The kernel is dead: F9 twice restarts it.',
      'kernel_connection_failed.Kernel': 'The server does not answer.',
    };
    for (const [name, line] of Object.entries(troubles)) {
      events.off(name);
      events.on(name, () => {
        round = null;
        say(line, 15);
      });
    }
  }

  // Nothing lost

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

  // Keys

  function go(direction) {
    document.activeElement.blur();
    notebook().command_mode();
    reveal()[direction]();
  }

  // The code cells that the slide shows by now.
  const runnable = () => slideCells().filter((cell) => cell.cell_type === 'code'
    && !cell.element[0].closest('.fragment:not(.visible)'));

  // Runs the selected cell, then selects the next one that can run on this slide.
  function runSelected() {
    const code = runnable();
    if (!code.length) return;
    const at = Math.max(0, code.indexOf(notebook().get_selected_cell()));
    notebook().command_mode();
    code[at].execute();
    const next = code[at + 1] || code[at];
    notebook().select(notebook().find_cell_index(next));
  }

  function selectWithin(step) {
    const code = runnable();
    const at = code.indexOf(notebook().get_selected_cell());
    const next = code[Math.max(0, Math.min(code.length - 1, at + step))];
    if (next) notebook().select(notebook().find_cell_index(next));
  }

  function edit() {
    const cell = notebook().get_selected_cell();
    if (cell.cell_type === 'code' && slideCells().includes(cell)) {
      notebook().edit_mode();
    }
  }

  const always = {
    F1: () => say(HELP, 15),
    F2: interrupt,
    F4: panic,
    F8: catchUp,
    F9: restart,
    PageDown: () => go('next'),
    PageUp: () => go('prev'),
  };
  const whenReading = {
    b: () => reveal().togglePause(),
    '.': () => reveal().togglePause(),
    Enter: edit,
    ArrowDown: () => selectWithin(1),
    ArrowUp: () => selectWithin(-1),
    '?': () => say(HELP, 15),
  };
  const whenBlack = ['b', '.', 'B'];

  function onKey(event) {
    if (!onStage() || event.ctrlKey || event.metaKey || event.altKey) return;
    const take = (action) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (action) action();
    };
    if (reveal().isPaused()) {
      take(event.key in always || whenBlack.includes(event.key) || event.key === 'Escape'
        ? () => reveal().togglePause() : null);
    } else if (event.key === 'Enter' && event.shiftKey) {
      take(runSelected);
    } else if (always[event.key]) {
      take(always[event.key]);
    } else if (!editing() && !event.shiftKey && whenReading[event.key]) {
      take(whenReading[event.key]);
    } else if (event.key === '?' && !editing()) {
      take(whenReading['?']);
    }
  }

  // Only these of the notebook's shortcuts stay: none of them harms a deck.
  function keepSafeShortcuts() {
    const { command_shortcuts: command, edit_shortcuts: edit } = Jupyter.keyboard_manager;
    const both = {
      'ctrl-enter': 'jupyter-notebook:run-cell',
      'cmdtrl-enter': 'jupyter-notebook:run-cell',
      'cmdtrl-s': 'jupyter-notebook:save-notebook',
    };
    command.clear_shortcuts();
    command.add_shortcuts(Object.assign({
      'i,i': 'jupyter-notebook:interrupt-kernel',
      't': 'RISE:openNotes',
      'w': 'RISE:toggleOverview',
      'home': 'RISE:firstSlide',
      'end': 'RISE:lastSlide',
    }, both));
    edit.clear_shortcuts();
    edit.add_shortcuts(Object.assign({
      'esc': 'jupyter-notebook:enter-command-mode',
    }, both));
  }

  // The mouse and the clipboard could do what the keys no longer can.
  function guard() {
    const inEditor = (target) => target.closest && target.closest('.CodeMirror, input');
    const stop = (event) => {
      if (onStage() && !inEditor(event.target)) event.stopImmediatePropagation();
    };
    ['paste', 'cut', 'dblclick'].forEach(
      (name) => document.addEventListener(name, stop, true));
    document.addEventListener('keydown', onKey, true);
  }

  // What is seen

  function followOutput() {
    const container = document.getElementById('notebook-container');
    new MutationObserver((changes) => {
      const slide = reveal().getCurrentSlide();
      const grown = changes.map((change) => change.target)
        .map((node) => (node.closest ? node : node.parentElement))
        .filter((node) => node && node.closest('.output') && slide.contains(node));
      if (!grown.length) return;
      trimErrors();
      const output = grown[grown.length - 1].closest('.output_wrapper');
      const over = output.getBoundingClientRect().bottom
        - slide.getBoundingClientRect().bottom;
      if (over > 0) slide.scrollTop += over;
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

  function addTitle(title) {
    $('<div id="stage-title">').text(title).appendTo('div.reveal');
  }

  function refreshEditors() {
    slideCells().forEach((cell) => cell.code_mirror && cell.code_mirror.refresh());
  }

  // The speaker view's frames start on the first slide: they go where the audience
  // is, and must not take it with them.
  function followAudience() {
    const audience = window.parent.opener;
    if (!audience || !audience.Reveal) return;
    reveal().setState(audience.Reveal.getState());
    if (window.frameElement.closest('#upcoming-slide')) reveal().next();
  }

  function onMessage(event) {
    const call = /"setState"/.test(event.data) ? JSON.parse(event.data) : {};
    if (call.method === 'setState' && !call.args[0].indexh && reveal().getIndices().h > 1) {
      event.stopImmediatePropagation();
    }
  }

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
    if (inNotes) {
      notebook().set_autosave_interval(0);
      Object.getPrototypeOf(notebook()).save_notebook = () => Promise.resolve();
      window.onbeforeunload = null;
    } else {
      restoreUnsaved();
    }
    const state = startingState();
    // In the speaker view's frames RISE starts by itself, at times before there are
    // cells; then, after a reload, it does not.
    if (onStage() && !document.querySelector('section .cell')) {
      window.location.reload();
      return;
    }
    if (!inNotes) selectSlide(state);
    if (!onStage()) Jupyter.keyboard_manager.actions.call('RISE:slideshow');
    await until(() => reveal() && reveal().isReady && reveal().isReady());
    $('#exit_b, #help_b').remove();
    keepSafeShortcuts();
    addTitle(facts.title);
    if (inNotes) {
      followAudience();
      return;
    }
    if (state.indexf >= 0) reveal().slide(state.indexh, state.indexv, state.indexf);
    ['slidechanged', 'fragmentshown', 'fragmenthidden'].forEach(
      (name) => reveal().addEventListener(name, rememberSlide));
    reveal().addEventListener('slidechanged', refreshEditors);
    window.addEventListener('resize', refreshEditors);
    tellQuietly();
    keep();
    guard();
    tellCells();
    followOutput();
    trimErrors();
    await document.fonts.ready;
    refreshEditors();
    document.title = facts.title;
    document.body.classList.add('stage-ready');
  }

  if (!inNotes) window.addEventListener('message', onMessage, true);
  start();
});
