// What a slide wears: dark covers with a tulip, the hue of its part, the bar of
// progress in segments, a part each.
define(['jquery', './view'], function ($, view) {
  'use strict';

  const { reveal } = view;
  const HUES = 6;

  const TULIP = `<svg class="stage-tulip" viewBox="0 0 120 380" aria-hidden="true">
    <path d="M60 142C59 220 61 300 60 376"/>
    <path d="M60 350C30 332 8 282 5 205C36 236 58 288 60 338"/>
    <path d="M60 352C90 338 113 300 116 238C84 264 62 306 60 342"/>
    <g class="stage-flower">
      <path d="M60 142C18 142 4 104 9 66C11 48 14 32 15 18C30 34 42 46 47 60"/>
      <path d="M60 142C102 142 116 104 111 66C109 48 106 32 105 18C90 34 78 46 73 60"/>
      <path d="M60 142C42 116 38 66 60 4C82 66 78 116 60 142"/>
    </g>
  </svg>`;

  // What the first cell of a slide says of it: see slides/covers.py.
  const factsOf = (slide) => $(slide).find('.cell').data('cell').metadata.tulipes || {};

  function addCover(slide, cover, number, count) {
    slide.classList.add('stage-cover', `stage-${cover}`);
    const place = count > 1 ? `${number} / ${count} · ` : '';
    slide.style.setProperty('--number', `"${place}"`);
    if (!['file', 'end'].includes(cover)) slide.insertAdjacentHTML('beforeend', TULIP);
  }

  // A segment for what comes before the first part, then one a part.
  function addProgress(slides, parts) {
    const bar = $('<div id="stage-progress">').appendTo('div.reveal');
    const segments = [...new Set(parts)].map((part) => {
      const first = parts.indexOf(part), count = parts.filter((p) => p === part).length;
      const segment = $('<div>').addClass(hueOf(part)).css('flex', `${count} 0 0`);
      return { first, count, fill: $('<div>').appendTo(segment.appendTo(bar)) };
    });
    const show = () => {
      const current = reveal().getCurrentSlide(), at = slides.indexOf(current);
      const covered = current.classList.contains('stage-cover');
      document.body.classList.toggle('stage-covered', covered);
      segments.forEach(({ first, count, fill }) => {
        const share = Math.max(0, Math.min(1, (at - first + 1) / count));
        fill.css('width', `${100 * share}%`);
      });
    };
    reveal().addEventListener('slidechanged', show);
    show();
  }

  const hueOf = (part) => (part ? `stage-part-${part % HUES}` : '');

  function dress() {
    const slides = view.slides();
    const facts = slides.map(factsOf);
    const parts = facts.map(({ part }) => part || 0);
    slides.forEach((slide, index) => {
      if (parts[index]) slide.classList.add(hueOf(parts[index]));
      const { cover, lang } = facts[index];
      if (lang) {  // a slide that the translation lacks
        slide.lang = lang;
        slide.classList.add('stage-foreign');
      }
      if (cover) addCover(slide, cover, parts[index], Math.max(...parts));
    });
    addProgress(slides, parts);
  }

  return { dress };
});
