// What asks for words on stage, input() above all, has the keys while it has the focus.
define([
  'jquery', 'base/js/events', 'notebook/js/outputarea', './view',
], function ($, events, outputarea, view) {
  'use strict';

  const { reveal, say } = view;
  const fields = 'input, textarea, select, .modal';

  // A cell's editor does not: a clicker turns the page even out of it.
  function asksForWords(target) {
    return Boolean(target.closest) && !view.isEditor(target)
      && Boolean(target.isContentEditable || target.closest(fields));
  }

  function focusOnSlide() {
    const prompt = reveal().getCurrentSlide().querySelector('.raw_input');
    if (prompt) prompt.focus();
  }

  // nbclassic focuses a prompt, on whatever slide it is: only one that is seen may
  // take the keys.
  function tellOfHidden() {
    const { OutputArea } = outputarea;
    const append = OutputArea.prototype.append_raw_input;
    OutputArea.prototype.append_raw_input = function (message) {
      const focused = document.activeElement;
      append.call(this, message);
      if (reveal().getCurrentSlide().contains(this.element[0])) return;
      document.activeElement.blur();
      focused.focus();
      say('A cell on another slide waits for words: F2 interrupts it.', 15);
    };
  }

  // nbclassic leaves the prompt of a cell that was interrupted, or lost its kernel.
  function removeEnded() {
    const remove = (root) => $(root).find('.raw_input_container').parent().remove();
    events.on('finished_execute.CodeCell', (_, { cell }) => remove(cell.element));
    ['kernel_restarting.Kernel', 'kernel_autorestarting.Kernel', 'kernel_dead.Kernel']
      .forEach((name) => events.on(name, () => remove(document.body)));
  }

  function watch() {
    tellOfHidden();
    removeEnded();
    reveal().addEventListener('slidechanged', focusOnSlide);
  }

  return { asksForWords, watch };
});
