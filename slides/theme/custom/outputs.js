// A cell that runs again keeps what it printed, and its place, until it prints anew:
// nothing below it jumps.
define([
  'jquery', 'base/js/events', 'notebook/js/outputarea',
], function ($, events, outputarea) {
  'use strict';

  // nbclassic is about to clear it, as its cell starts.
  function hold(area) {
    area.element.find('.raw_input_container').parent().remove();
    area.wrapper.css('min-height', getComputedStyle(area.wrapper[0]).height);
    const printed = area.element.children();
    if (printed.length && !area.collapsed) {
      drop(area);
      area.older = $('<div class="output stage-older">').append(printed.detach())
        .insertAfter(area.element);
    }
    area.run = {};
    queueMicrotask(() => {  // an empty cell does not run
      if (!area.wrapper.closest('.cell').hasClass('running')) free(area);
    });
  }

  function drop(area) {
    if (area.older) area.older.remove();
    area.older = null;
  }

  function free(area) {
    drop(area);
    area.wrapper.css('min-height', '');
  }

  // The cell has ended; a picture has its size a little later.
  async function release(area) {
    const { run } = area;
    drop(area);
    const pictures = area.element.find('img').toArray();
    await Promise.all(pictures.map((each) => each.decode().catch(() => {})));
    if (run === area.run) free(area);
  }

  function keepPlaces() {
    const Area = outputarea.OutputArea.prototype;
    for (const name of ['append_output', 'append_raw_input']) {
      const append = Area[name];
      Area[name] = function (...rest) {
        drop(this);
        return append.apply(this, rest);
      };
    }
    const clear = Area.clear_output;
    Area.clear_output = function (wait, starts) {
      if (starts) hold(this);
      else if (!wait) drop(this);
      return clear.call(this, wait, starts);
    };
    events.on('finished_execute.CodeCell', (_, { cell }) => release(cell.output_area));
  }

  return { keepPlaces };
});
