// The talk's time: what each slide has taken, and what talks.toml plans for it. It is
// kept through a reload; the speaker view shows it.
define(['jquery', './view'], function ($, view) {
  'use strict';

  const { reveal, slides } = view;
  const memory = 'tulipes:' + window.location.pathname + ':pace';

  let plan = [];  // milliseconds of each slide
  let state;

  // When a slide starts, as planned: in whole seconds, for those are shown.
  function startOf(slide) {
    const before = plan.slice(0, slide).reduce((total, time) => total + time, 0);
    return Math.round(before / 1000) * 1000;
  }

  function planned(slide) {
    const { metadata } = $(slide).find('.cell').data('cell');
    return ((metadata.tulipes || {}).minutes || 0) * 60000;
  }

  // `began` is when the talk began, `since` when this slide came, `spent` what slides
  // took before.
  function waitAt(slide) {
    state = { began: null, slide, since: Date.now(), spent: {} };
  }

  // As if the talk had been on time up to this slide.
  function beginAt(slide) {
    waitAt(slide);
    state.began = state.since - startOf(slide);
  }

  function enter(slide) {
    if (slide === state.slide) return;
    if (state.began === null) {
      beginAt(slide);  // a talk begins when its first slide is left
    } else {
      const now = Date.now();
      const before = state.spent[state.slide] || 0;
      state.spent[state.slide] = before + now - state.since;
      Object.assign(state, { slide, since: now });
    }
    keep();
  }

  function reset() {
    if (state.slide) beginAt(state.slide);
    else waitAt(0);
    keep();
  }

  function keep() {
    sessionStorage.setItem(memory, JSON.stringify(state));
  }

  const here = () => slides().indexOf(reveal().getCurrentSlide());

  function watch() {
    plan = slides().map(planned);
    state = JSON.parse(sessionStorage.getItem(memory));
    if (state) enter(here());
    else waitAt(here());
    reveal().addEventListener('slidechanged', () => enter(here()));
  }

  // All times in milliseconds.
  function times() {
    const now = Date.now(), { slide } = state;
    const begun = state.began !== null;
    const start = startOf(slide), end = startOf(slide + 1);
    const spent = begun ? now - state.since + (state.spent[slide] || 0) : 0;
    return {
      now,
      begun,
      slide: { spent, planned: end - start },
      talk: {
        spent: begun ? now - state.began : 0,
        start,  // of this slide, as planned
        end,
        planned: startOf(plan.length),
      },
    };
  }

  return { watch, reset, times, slides };
});
