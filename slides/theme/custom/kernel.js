// The kernel: run what comes before a slide, interrupt, stop what cells started,
// restart; and tell its troubles in a line.
define([
  'base/js/events', 'notebook/js/codecell', 'services/kernels/kernel', './view',
], function (events, codecell, kernels, view) {
  'use strict';

  const { notebook, say } = view;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  let round = null;  // the run of F8 under way; another object ends it

  function interrupt() {
    round = null;
    say('Interrupted.', 2);
    return Promise.resolve(notebook().kernel.interrupt());
  }

  // The kernel closes what a cell's last run opened, gives it back its chapter's
  // names, and the lesson that it edits: it must know which cell runs.
  function tellCells() {
    const { Kernel } = kernels, { CodeCell } = codecell;
    const send = Kernel.prototype.send_shell_message;
    const execute = CodeCell.prototype.execute;
    let told = {};
    CodeCell.prototype.execute = function (...rest) {
      const { demo, tulipes = {} } = this.metadata;
      told = { cellId: tulipes.id, demo };
      try {
        return execute.apply(this, rest);
      } finally {
        told = {};
      }
    };
    Kernel.prototype.send_shell_message = function (type, content, on, metadata, ...rest) {
      const known = type === 'execute_request' ? Object.assign({}, told) : {};
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
    const first = notebook().find_cell_index(view.slideCells()[0]);
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

  return { interrupt, panic, catchUp, restart, tellCells, tellQuietly };
});
