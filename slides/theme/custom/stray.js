// What the kernel prints for no cell of this page: above all what asyncio says of a
// task that failed and that nobody awaited. It says so when the task is collected,
// which may be long after its cell. A short box shows it, on the slide that is up,
// until a cell runs or the slide changes.
define(['jquery', 'base/js/events', './view'], function ($, events, view) {
  'use strict';

  const HEAD = 2, TAIL = 3;  // lines: what happened; where, and which exception
  const WIDTH = 160;  // characters: two lines on the screen

  let lines = [];

  function short(words) {
    const all = words.replace(/\x1b\[[0-9;]*m/g, '').trimEnd().split('\n')
      .map((line) => (line.length > WIDTH ? line.slice(0, WIDTH) + '…' : line));
    return all.length <= HEAD + TAIL ? all
      : [...all.slice(0, HEAD - 1), '…', ...all.slice(-TAIL)];
  }

  function clear() {
    lines = [];
    $('.stage-stray').remove();
  }

  function show(words) {
    lines = short([...lines, words].join('\n'));
    if (!$('.stage-stray').length) {
      $('<div class="stage-stray output output_area output_wrapper">').append(
        $('<div class="output_subarea output_stderr">').append('<pre>'),
      ).appendTo(view.reveal().getCurrentSlide());
    }
    $('.stage-stray pre').text('From no cell: ' + lines.join('\n'));
  }

  function watch() {
    const runs = new Set();
    events.on('execute.CodeCell', (_, { cell }) => {
      runs.add(cell.last_msg_id);
      clear();
    });
    view.reveal().addEventListener('slidechanged', clear);
    events.on('received_unsolicited_message.Kernel', (_, message) => {
      if (message.header.msg_type !== 'stream') return;
      const { name, text } = message.content;
      // What an earlier run of a cell still prints is no trouble.
      if (name === 'stdout' && runs.has(message.parent_header.msg_id)) return;
      if (text.trim()) show(text);
    });
  }

  return { watch };
});
