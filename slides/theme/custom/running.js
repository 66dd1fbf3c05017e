// The mark of a cell that runs, and how long it has waited. The mark goes when the cell
// ends, which nbclassic sees only by the kernel's reply. A kernel that is restarted or
// dies sends none.
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

  const WAITS = { fr: 'attend…' };  // else English
  const AT_ONCE = 0.2, LONG = 2;  // seconds: what ends sooner says nothing

  const telling = new Set();

  // What runs says that it waits, and from two seconds on how long.
  function tell(cell) {
    if (telling.has(cell)) return;  // asked for again before it has ended
    telling.add(cell);
    const began = Date.now();
    const word = WAITS[document.documentElement.lang] || 'waits…';
    const label = document.createElement('div');
    label.className = 'stage-waits';
    const look = setInterval(() => {
      const seconds = (Date.now() - began) / 1000;
      if (!cell.element.hasClass('running')) {
        clearInterval(look);
        telling.delete(cell);
        label.remove();
      } else if (seconds >= AT_ONCE) {
        label.textContent = seconds < LONG ? word : `${word} ${Math.floor(seconds)} s`;
        if (!label.isConnected) cell.element.find('.input_area').append(label);
      }
    }, 50);
  }

  function watch() {
    events.on('execute.CodeCell', (_, { cell }) => tell(cell));
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
