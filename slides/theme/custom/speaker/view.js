// The speaker view: a page of its own that shows what is on stage, and keeps nothing.
// Its opener is the stage, which may be reloaded, or closed, at any time.
import { Mirror } from './mirror.js';
import { clock, wordsOf } from './words.js';

const find = (selector) => document.querySelector(selector);
const write = (selector, text) => {
  const node = find(selector);
  if (node.textContent !== text) node.textContent = text;
};

const current = new Mirror(find('#current-slide iframe'));
const next = new Mirror(find('#upcoming-slide iframe'));
const notes = find('.speaker-controls-notes .value');

let stage = null;  // the window of the slides, while it shows them
let seen;  // its document
let words = wordsOf('en');
let shown;  // the slide whose notes are there

function findStage() {
  try {
    const { opener } = window;
    return opener.document.body.matches('.stage-ready') ? opener : null;
  } catch (error) {
    return null;  // closed, or elsewhere
  }
}

// What is not shown yet is seen here, and told apart.
const frameStyle = () => `
  .reveal .slides section .fragment:not(.visible) {
    visibility: visible;
    opacity: 1;
    outline: 0.15em dashed var(--quiet);
  }
  .reveal .slides section .fragment:not(.visible)::after {
    content: "${words.hidden}";
    display: block;
    color: var(--quiet);
    font: 400 0.9em/1.3 "Inter", sans-serif;
    text-align: right;
  }
`;

function connect() {
  seen = stage.document;
  const { lang, classList } = seen.documentElement;
  document.documentElement.classList.toggle('stage-dark', classList.contains('stage-dark'));
  document.documentElement.lang = lang;
  words = wordsOf(lang);
  document.title = words.view;
  write('#current-slide .label', words.current);
  current.frame.title = words.current;
  next.frame.title = words.next;
  write('.speaker-controls-notes .label', words.notes);
  write('.slide dt', words.slide);
  write('.talk dt', words.talk);
  write('.planned dt', words.planned);
  write('button', words.reset);
  find('button').title = words.resetHelp;
  for (const mirror of [current, next]) mirror.connect(stage, frameStyle());
  new MutationObserver(drawSoon).observe(seen.body, {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
  seen.addEventListener('scroll', drawSoon, true);
  draw();
}

let drawing;
function drawSoon() {
  drawing = drawing || setTimeout(() => {
    drawing = null;
    if (stage) draw();
  }, 80);
}

function draw() {
  const { Reveal } = stage;
  if (!Reveal) return;  // it reloads
  write('#current-slide .black', Reveal.isPaused() ? words.black : '');
  if (Reveal.isOverview()) return;
  const slides = stage.require('custom/pace').slides();
  const slide = Reveal.getCurrentSlide();
  const number = slides.indexOf(slide);
  const after = slides[number + 1];
  const fragments = slide.querySelectorAll('.fragment:not(.visible)').length;
  current.draw(slide);
  next.draw(after);
  write('#current-slide .number', `${number + 1} / ${slides.length}`);
  write('#upcoming-slide .label', !after ? words.end
    : fragments ? words.after(fragments) : words.next);
  drawNotes(slide);
}

function drawNotes(slide) {
  const said = slide.querySelectorAll('aside.notes .text_cell_render');
  const html = [...said].map((node) => node.innerHTML).join('');
  if (shown === slide && notes.dataset.html === html) return;
  shown = slide;
  notes.dataset.html = html;
  notes.innerHTML = html;
  notes.scrollTop = 0;
  fitNotes();
}

// As large as they can be and still be seen whole; never small: then they scroll.
function fitNotes() {
  for (let size = 1.3; size >= 1; size -= 0.05) {
    notes.style.fontSize = `${size}rem`;
    if (notes.scrollHeight <= notes.clientHeight) break;
  }
  tellOfMore();
}

function tellOfMore() {
  const below = notes.scrollHeight - notes.clientHeight - notes.scrollTop;
  write('.more', below > 1 ? words.more : '');
}

function verdict({ begun, talk }) {
  if (!begun) return ['waiting', words.waiting];
  if (!talk.planned) return ['', ''];
  if (talk.spent < talk.start) return ['early', words.early(talk.start - talk.spent)];
  if (talk.spent > talk.end) return ['late', words.late(talk.spent - talk.end)];
  return ['on-time', words.onTime];
}

function drawTime() {
  const times = stage.require('custom/pace').times();
  const { slide, talk } = times;
  const of = (spent, planned) => (
    planned ? `${clock(spent)} / ${clock(planned)}` : clock(spent));
  const [state, said] = verdict(times);
  find('.verdict').dataset.state = state;
  write('.verdict', said);
  write('.clock', new Date(times.now).toLocaleTimeString(
    document.documentElement.lang, { hour: 'numeric', minute: '2-digit' }));
  write('.slide dd', of(slide.spent, slide.planned));
  write('.talk dd', of(talk.spent, talk.planned));
  find('.planned').hidden = !talk.planned;
  write('.planned dd', `${clock(talk.start)} – ${clock(talk.end)}`);
}

function tick() {
  stage = findStage();
  if (!stage) {
    write('#current-slide .black', words.lost);
    seen = null;
    return;
  }
  if (stage.document !== seen) connect();
  current.fit(stage);
  next.fit(stage);
  drawTime();
}

document.addEventListener('keydown', (event) => {
  if (stage) stage.require('custom/keys').onKey(event);
}, true);
const button = find('button');
button.addEventListener('mousedown', (event) => event.preventDefault());  // no focus
button.addEventListener('click', () => {
  if (stage) stage.require('custom/pace').reset();
});
notes.addEventListener('scroll', tellOfMore);
window.addEventListener('resize', () => {
  tick();
  fitNotes();
});
document.fonts.addEventListener('loadingdone', fitNotes);
tick();
setInterval(tick, 250);
