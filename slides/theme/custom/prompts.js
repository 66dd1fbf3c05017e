// What asks for words on stage, input() above all, has the keys while it has the focus.
define([
  'jquery', 'base/js/events', 'notebook/js/outputarea', './kernel', './view',
], function ($, events, outputarea, kernel, view) {
  'use strict';

  const { reveal, say, hush } = view;
  const fields = 'input, textarea, select, .modal';

  // A cell's editor does not: a clicker turns the page even out of it.
  function asksForWords(target) {
    return Boolean(target.closest) && !view.isEditor(target)
      && Boolean(target.isContentEditable || target.closest(fields));
  }

  let waits;  // what was said of a prompt that nobody sees

  function focusOnSlide() {
    const prompt = reveal().getCurrentSlide().querySelector('.raw_input');
    if (!prompt) return;
    prompt.focus();
    hush(waits);
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
      waits = `${kernel.whoRuns()} waits for words: F2 interrupts it.`;
      say(waits, 3600);
    };
  }

  // nbclassic leaves the prompt of a cell that was interrupted, or lost its kernel.
  function removeEnded() {
    events.on('finished_execute.CodeCell', (_, { cell }) => {
      const prompt = $(cell.element).find('.raw_input_container');
      if (!prompt.length) return;
      prompt.parent().remove();
      hush(waits);
    });
  }

  function watch() {
    tellOfHidden();
    removeEnded();
    reveal().addEventListener('slidechanged', focusOnSlide);
  }

  return { asksForWords, watch };
});
