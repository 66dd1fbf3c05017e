// The speaker's keys, and the end of every other key, click or paste that could
// harm a deck.
define([
  'base/js/namespace', './kernel', './prompts', './solutions', './table', './view',
], function (Jupyter, kernel, prompts, solutions, table, view) {
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

  // Closes the help on a word if there is one, else leaves the editor.
  function leave() {
    if (!notebook().tooltip.remove_and_cancel_tooltip(true)) notebook().command_mode();
  }

  // The speaker view is opened, or brought back; its keys come to onKey.
  function openSpeakerView() {
    const features = 'width=1280,height=720';
    const popup = window.open('/custom/speaker/view.html', 'tulipes-speaker', features);
    if (popup) popup.focus();
    else say('The browser blocks the speaker view: let this page open windows.', 10);
  }

  // What slides/keys.py, which makes the table, can bind a key to.
  const actions = {
    next: () => go('next'),
    previous: () => go('prev'),
    selectAbove: () => selectWithin(-1),
    selectBelow: () => selectWithin(1),
    edit,
    leave,
    run: runSelected,
    interrupt: kernel.interrupt,
    panic: kernel.panic,
    solution: solutions.toggle,
    catchUp: kernel.catchUp,
    restart: kernel.restart,
    black: () => reveal().togglePause(),
    speakerView: openSpeakerView,
    help: () => say(table.help, 15),
  };

  // A key as the table spells it: by what it prints, wherever a layout has it. Shift
  // is named only where it changes nothing that is printed.
  function nameOf(event) {
    const isSign = event.key.length === 1 && event.key !== ' ';
    const capsLock = isSign && event.getModifierState('CapsLock');
    const control = event.ctrlKey || event.metaKey ? 'Control-' : '';
    const shift = event.shiftKey && !isSign ? 'Shift-' : '';
    return control + shift + (capsLock ? event.key.toLowerCase() : event.key);
  }

  // What a key does now: an action's name, if any.
  function boundTo(name) {
    if (reveal().isPaused()) {
      return table.always[name] || table.reading[name] === 'black' ? 'black' : 'nothing';
    }
    return table.always[name] || (!editing() && table.reading[name]);
  }

  // Where words are asked for, only what can be no word is the stage's: F2 ends a
  // prompt.
  const isForThePrompt = (event) => !reveal().isPaused()
    && prompts.asksForWords(event.target) && !/^F\d/.test(event.key);

  function onKey(event) {
    if (!onStage() || event.altKey || isForThePrompt(event)) return;
    const name = nameOf(event);
    const action = boundTo(name);
    if (!action || (action === 'nothing' && name.startsWith('Control-'))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (action in actions) actions[action]();
    else if (action !== 'nothing') Jupyter.keyboard_manager.actions.call(action, event);
  }

  // Nobody else heeds keys. nbclassic and RISE have two tables for them; reveal.js
  // listens by itself.
  function unbindOthers() {
    Jupyter.keyboard_manager.command_shortcuts.clear_shortcuts();
    Jupyter.keyboard_manager.edit_shortcuts.clear_shortcuts();
    reveal().configure({ keyboard: false, keyboardCondition: () => false });
  }

  // The mouse and the clipboard could do what the keys no longer can.
  function guard() {
    const stop = (event) => {
      const { target } = event;
      if (onStage() && !view.isEditor(target) && !prompts.asksForWords(target)) {
        event.stopImmediatePropagation();
      }
    };
    ['paste', 'cut', 'dblclick'].forEach(
      (name) => document.addEventListener(name, stop, true));
    document.addEventListener('keydown', onKey, true);
  }

  return { actions, onKey, unbindOthers, guard };
});
