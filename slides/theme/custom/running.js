// The mark of a cell that runs: it goes when the cell ends, which nbclassic sees only
// by the kernel's reply. A kernel that is restarted or dies sends none.
define(['base/js/events', './view'], function (events, view) {
  'use strict';

  const running = () => view.notebook().get_cells()
    .filter((cell) => cell.element.hasClass('running'));

  function settle(cells) {
    cells.forEach((cell) => {
      cell.element.removeClass('running');
      cell.set_input_prompt(null);
      events.trigger('finished_execute.CodeCell', { cell });
    });
  }

  function watch() {
    ['kernel_restarting', 'kernel_dead', 'kernel_connection_dead'].forEach(
      (name) => events.on(`${name}.Kernel`, () => settle(running())));
    // A connection that was lost and comes back: the kernel says that it is ready
    // once it has done all that it was asked before. What it said meanwhile, the
    // server mostly repeats.
    const asked = new Map();
    events.on('kernel_disconnected.Kernel', () => {
      running().forEach((cell) => asked.set(cell, cell.last_msg_id));
    });
    events.on('kernel_ready.Kernel', () => {
      settle(running().filter((cell) => asked.get(cell) === cell.last_msg_id));
      asked.clear();
    });
  }

  return { running, watch };
});
