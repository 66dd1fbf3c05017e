// Jupyter loads this file before it opens a notebook: see custom.js.

// RequireJS gives up, for good, what takes 30 seconds: a busy machine may.
requirejs.config({ waitSeconds: 0 });

// `present --dark`: as early as can be.
document.documentElement.classList.toggle(
  'stage-dark', new URLSearchParams(window.location.search).has('dark'));

define(['./loading'], (loading) => loading.faster());
