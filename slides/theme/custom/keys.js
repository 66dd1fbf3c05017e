// The speaker's keys, and the end of every other key, click or paste that could
// harm a deck.
define([
  'base/js/namespace', './kernel', './table', './view',
], function (Jupyter, kernel, table, view) {
  'use strict';

  const { notebook, reveal, onStage, say } = view;
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

  // What slides/keys.py, which makes the table, can bind a key to.
  const actions = {
    next: () => go('next'),
    previous: () => go('prev'),
    selectAbove: () => selectWithin(-1),
    selectBelow: () => selectWithin(1),
    edit,
    run: runSelected,
    interrupt: kernel.interrupt,
    panic: kernel.panic,
    catchUp: kernel.catchUp,
    restart: kernel.restart,
    black: () => reveal().togglePause(),
    help: () => say(table.help, 15),
  };

  function onKey(event) {
    if (!onStage() || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const name = event.shiftKey && key.length > 1 ? `Shift-${key}` : key;
    const bound = table.always[name] || table.always[key]
      || (!editing() && table.reading[name]);
    let action = actions[bound];
    if (reveal().isPaused()) {  // then a key does nothing, or ends it
      const ends = table.always[key] || table.reading[key.toLowerCase()] === 'black';
      action = ends ? actions.black : () => {};
    }
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action();
  }

  // Of the notebook's shortcuts, only those of the table stay: none harms a deck.
  function keepSafeShortcuts() {
    const { command_shortcuts: command, edit_shortcuts: edit } = Jupyter.keyboard_manager;
    command.clear_shortcuts();
    edit.clear_shortcuts();
    const bind = (shortcuts, keys) => Object.entries(keys).forEach(([key, action]) => {
      if (!action.includes(':')) return;
      const spelt = key.replace('Escape', 'esc');
      shortcuts.add_shortcut(spelt.replace('Control', 'ctrl'), action);
      shortcuts.add_shortcut(spelt.replace('Control', 'cmdtrl'), action);  // a Mac's
    });
    bind(command, table.reading);
    bind(command, table.always);
    bind(edit, table.always);
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

  return { actions, keepSafeShortcuts, guard };
});
