// The speaker's keys, and the end of every other key, click or paste that could
// harm a deck.
define(['base/js/namespace', './kernel', './view'], function (Jupyter, kernel, view) {
  'use strict';

  const { notebook, reveal, onStage, say } = view;
  const HELP = [
    'Shift-Enter  run the cell          Esc  leave the cell',
    'F2  interrupt                      F4  panic: stop what cells started',
    'F8  run all before this slide      F9 F9  restart the kernel, then F8',
    'b or .  black screen               t  speaker view',
    'w  overview                        Home End  first, last slide',
  ].join('\n');
  const editing = () => notebook().mode === 'edit';

  function go(direction) {
    document.activeElement.blur();
    notebook().command_mode();
    reveal()[direction]();
  }

  // Runs the selected cell, then selects the next one that can run on this slide.
  function runSelected() {
    const code = view.runnableCells();
    if (!code.length) return;
    const at = Math.max(0, code.indexOf(notebook().get_selected_cell()));
    notebook().command_mode();
    code[at].execute();
    const next = code[at + 1] || code[at];
    notebook().select(notebook().find_cell_index(next));
  }

  function selectWithin(step) {
    const code = view.runnableCells();
    const at = code.indexOf(notebook().get_selected_cell());
    const next = code[Math.max(0, Math.min(code.length - 1, at + step))];
    if (next) notebook().select(notebook().find_cell_index(next));
  }

  function edit() {
    const cell = notebook().get_selected_cell();
    if (cell.cell_type === 'code' && view.slideCells().includes(cell)) {
      notebook().edit_mode();
    }
  }

  const always = {
    F1: () => say(HELP, 15),
    F2: kernel.interrupt,
    F4: kernel.panic,
    F8: kernel.catchUp,
    F9: kernel.restart,
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

  return { keepSafeShortcuts, guard };
});
