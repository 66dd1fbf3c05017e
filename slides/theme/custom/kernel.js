// The kernel: run what comes before a slide, interrupt, stop what cells started,
// restart; and tell its troubles in a line.
define([
  'base/js/events', 'notebook/js/codecell', 'services/kernels/kernel',
  './running', './solutions', './view',
], function (events, codecell, kernels, running, solutions, view) {
  'use strict';

  const { notebook, say } = view;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  let round = null;  // the run of F8 under way; another object ends it
  let stopped = false;  // F4 stopped something, and F8 did not run all again since
  let interrupted = [];  // cells whose error is the speaker's wish

  // A kernel that has not begun with a cell that was just asked for would not notice.
  function begun() {
    const waits = running.running().length && !notebook().kernel_busy;
    const busy = new Promise((done) => events.one('kernel_busy.Kernel', done));
    return waits ? Promise.race([busy, pause(1000)]) : undefined;
  }

  async function interrupt() {
    round = null;
    interrupted = running.running();
    say('Interrupted.', 2);
    await begun();
    // Until it was sent: an interrupt must not meet what is asked next.
    const sent = new Promise((done) => notebook().kernel.interrupt(done, done));
    await Promise.race([sent, pause(1000)]);
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
      setTimeout(() => reject(new Error('no reply')), 3000);
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
    const cell = running.running().length ? 'the running cell, ' : '';
    round = null;
    try {
      // An interrupt that is late must not meet the next cell: none without need.
      if (cell || notebook().kernel_busy) await interrupt();
      for (let tries = 0; ; tries++) {
        try {
          const said = await ask(`await ${stage}.panic()`, `${stage}.said()`);
          stopped = stopped || !said.includes('nothing was running');
          say(said.replace('Stopped: ', `Stopped: ${cell}`)
            .replace(', nothing was running', ''), 6);
          return;
        } catch (error) {
          // What waits behind an interrupted cell is thrown away: ask again. A kernel
          // that is late may have done it, and would then say that nothing was left.
          if (tries === 20 || error.message === 'no reply') throw error;
          await pause(30);
        }
      }
    } catch (error) {
      say('The kernel does not answer: F9 twice restarts it.', 10);
    }
  }

  // An error that is not of the cell's making does not tell what to do. After F4 the
  // cell may lack what another slide opened; after a jump, a name: variables stay.
  function explainErrors() {
    const others = ['NameError', 'SyntaxError', 'IndentationError', 'KeyboardInterrupt'];
    let ran = new Set();
    events.on('finished_execute.CodeCell', (_, { cell }) => {
      ran.add(cell);
      const error = cell.output_area.outputs.find((each) => each.ename);
      const expected = (cell.metadata.tags || []).includes('raises-exception');
      const explain = error && !round && !expected && !interrupted.includes(cell);
      if (explain && stopped && !others.includes(error.ename)) {
        say('F4 stopped what this cell uses: F8 runs all before this slide.', 15);
      }
      if (explain && error.ename === 'NameError' && !before(cell).every((c) => ran.has(c))) {
        say('F8 runs all before this slide.', 15);
      }
      interrupted = interrupted.filter((each) => each !== cell);
    });
    events.on('kernel_restarting.Kernel', () => {
      stopped = false;
      ran = new Set();
    });
  }

  // The cells of code before a cell; an empty one never runs.
  const before = (cell) => notebook().get_cells()
    .slice(0, notebook().find_cell_index(cell))
    .filter((each) => each.cell_type === 'code' && each.get_text().trim());

  // Which cell it is that runs and is not seen.
  const whoRuns = () => (round ? round.at : 'A cell on another slide');

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
    const cells = before(view.slideCells()[0]);
    for (let i = 0; i < cells.length && round === mine; i++) {
      mine.at = `Cell ${i + 1} of ${cells.length}`;
      say(`Running the cells before this slide: ${i + 1} of ${cells.length}…`, 60);
      solutions.solveUntouched(cells[i]);
      await run(cells[i]);
    }
    if (round !== mine) return;
    view.selectFirst();
    say(`Ready: ${cells.length} cells were run.`);
    round = null;
    stopped = false;
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

  return {
    interrupt, panic, catchUp, restart, whoRuns, tellCells, explainErrors, tellQuietly,
  };
});
