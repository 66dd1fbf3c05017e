// Nothing is lost: what this window changes is saved all the time, and no more than
// that; a reload comes back to its slide, with what was not saved yet.
define(['base/js/events', './view'], function (events, view) {
  'use strict';

  const { notebook, reveal, say } = view;
  const memory = 'tulipes:' + window.location.pathname;
  const unsaved = memory + ':unsaved';

  // By cell and part, what the disk may have of this window: what was read or saved
  // last, then what was sent since, without an answer.
  const onDisk = new Map();
  let overtaken = [];  // changes of before a reload that came too late
  let changed = 0;     // when the last one was made
  let told = 0;        // when it was said that nothing can be saved

  // The server sorts what it saves.
  const text = (value) => JSON.stringify(value, (_, each) => (
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each));

  function read(cell) {
    onDisk.set(cell.id, Object.fromEntries(
      Object.entries(cell).map(([part, value]) => [part, [text(value)]])));
  }

  function sent(cell) {
    const known = onDisk.get(cell.id) || {};
    for (const [part, value] of Object.entries(cell)) {
      const [last, ...since] = new Set([...known[part] || [], text(value)]);
      known[part] = [last, ...since.slice(-3)];
    }
    onDisk.set(cell.id, known);
  }

  function changes(cells) {
    return cells.map((cell, index) => {
      const known = onDisk.get(cell.id) || {};
      const parts = Object.keys(cell).filter((part) => !known[part]
        || known[part].length > 1 || known[part][0] !== text(cell[part]));
      return { cell, parts, known, after: index ? cells[index - 1].id : null };
    }).filter(({ parts }) => parts.length);
  }

  // Ends well only if the server did it; the answer is what to say.
  async function put(changes, { content, late, ...options }) {
    const nb = notebook();
    const list = changes.map(({ known, ...change }) => (
      { ...change, known: (known.source || []).map((source) => JSON.parse(source)) }));
    const metadata = { window: { changes: list, late } };
    const none = { cells: [], nbformat: nb.nbformat, nbformat_minor: nb.nbformat_minor };
    const [, token] = document.cookie.match(/\b_xsrf=([^;]*)/) || [];
    const response = await fetch(nb.contents.api_url(nb.notebook_path), {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'X-XSRFToken': token || '' },
      body: JSON.stringify({
        type: 'notebook',
        content: { ...none, ...content, metadata: { ...nb.metadata, ...metadata } },
      }),
      ...options,
    }).catch(() => { throw new Error('the server does not answer'); });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message || response.statusText);
    return answer.said;
  }

  async function saveChanges() {
    const signal = AbortSignal.timeout(20000);
    const lines = told ? ['Saved.'] : [];
    if (overtaken.length) {
      lines.push(await put(overtaken, { late: true, signal }));
      overtaken = [];
    }
    const content = notebook().toJSON();
    const list = changes(content.cells);
    if (list.length) {
      const late = Date.now() - changed > 10000;
      const answer = put(list, { content, late, signal });
      list.forEach(({ cell }) => sent(cell));
      lines.push(await answer);
      list.forEach(({ cell }) => read(cell));
    }
    told = 0;
    sessionStorage.removeItem(unsaved);
    notebook().set_dirty(changes(notebook().toJSON().cells).length > 0);
    const line = lines.filter(Boolean).join('\n');
    if (line) say(line, line === 'Saved.' ? 4 : 30);
  }

  function tellFailure(error) {
    if (Date.now() - told < 60000) return;
    told = Date.now();
    say(`Not saved: ${error.message}.\nYour edits stay here, and are tried again.`, 30);
  }

  let waiting = 0, last = Promise.resolve();
  function save() {
    waiting += 1;
    last = last.then(saveChanges).catch(tellFailure).finally(() => { waiting -= 1; });
    return last;
  }

  // The window is left: the server gets what it has not, if it still can; what is
  // large, or a picture, waits for a reload.
  function leave() {
    const list = [...overtaken, ...changes(notebook().toJSON().cells)];
    const running = Boolean(document.querySelector('.code_cell.running'));
    if (!list.length && !running) return;
    const texts = list.filter(({ parts }) => parts.includes('source'))
      .map(({ cell, known, after }) => ({
        cell: { ...cell, outputs: [] }, known: { source: known.source }, after,
        parts: ['source'],
      }));
    for (const kept of [list, texts]) {
      try {
        sessionStorage.setItem(unsaved, JSON.stringify({ list: kept, running }));
        break;
      } catch (error) { /* no room for all of it */ }
    }
    const small = JSON.stringify(list).length < 20000 ? list : texts;
    if (small.length) {
      put(small, { late: true, keepalive: true }).catch(() => {});
    }
  }

  function keep() {
    const nb = notebook();
    nb.set_autosave_interval(0);
    Object.getPrototypeOf(nb).save_notebook = save;
    setInterval(() => nb.dirty && !waiting && save(), 2000);
    window.addEventListener('pagehide', leave);
    window.onbeforeunload = () => (told ? 'Not saved.' : undefined);
    ['slidechanged', 'fragmentshown', 'fragmenthidden'].forEach(
      (name) => reveal().addEventListener(name, rememberSlide));
  }

  // What another window saved since stays; the server puts the older text aside.
  function restore(change) {
    const cell = notebook().get_cells().find(({ id }) => id === change.cell.id);
    const here = cell && cell.toJSON();
    const isOurs = (part) => [...change.known[part] || [], text(change.cell[part])]
      .includes(text(here[part]));
    if (!here || (change.parts.includes('source') && !isOurs('source'))) {
      overtaken.push(change);
      return;
    }
    const ours = change.parts.filter(isOurs).map((part) => [part, change.cell[part]]);
    if (cell.output_area) cell.output_area.clear_output();
    cell.fromJSON({ ...here, ...Object.fromEntries(ours) });
  }

  function restoreUnsaved() {
    const nb = notebook();
    nb.toJSON().cells.forEach(read);
    events.on('set_dirty.Notebook', (_, { value }) => {
      if (value) changed = Date.now();
    });
    window.onbeforeunload = null;  // all is kept until it is saved
    const kept = JSON.parse(sessionStorage.getItem(unsaved));
    if (!kept) return;
    kept.list.forEach(restore);
    nb.set_dirty(true);
    if (kept.running) {
      say('A cell ran during the reload: its output is lost from then on;'
        + ' if it still runs, F2 interrupts it.', 10);
    }
  }

  function rememberSlide() {
    sessionStorage.setItem(memory, JSON.stringify(reveal().getState()));
  }

  // Where to start: a reload where it was, else the slide that the URL asks for.
  function startingState() {
    const kept = sessionStorage.getItem(memory);
    if (kept) return JSON.parse(kept);
    const asked = new URLSearchParams(window.location.search).get('slide');
    return { indexh: 0, indexv: 0, number: Number(asked || 1) };
  }

  // RISE starts on the slide of the selected cell.
  function selectSlide(state) {
    let h = -1, v = 0, number = 0, found = 0;
    notebook().get_cells().some((cell, index) => {
      const type = (cell.metadata.slideshow || {}).slide_type;
      if (type === 'slide') { h += 1; v = 0; number += 1; }
      if (type === 'subslide') { v += 1; number += 1; }
      found = index;
      return state.number ? number === state.number
        : h === state.indexh && v === (state.indexv || 0);
    });
    notebook().select(found);
  }

  return { keep, restoreUnsaved, startingState, selectSlide };
});
