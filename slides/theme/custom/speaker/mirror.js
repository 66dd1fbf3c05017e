// Draws a slide of the stage into a frame, as the room sees it: a copy of what is
// there, with its style; no second notebook.

const BESIDE = '#stage-progress, .slide-number, #stage-message';
const EDITOR = '.code_cell .CodeMirror';

// The editor of a slide that was not shown yet is empty: its lines are in its model.
function writeEditors(slide, copy) {
  const editors = slide.querySelectorAll(EDITOR);
  copy.querySelectorAll(EDITOR).forEach((editor, index) => {
    const { CodeMirror: model } = editors[index];
    const lines = editor.ownerDocument.createElement('div');
    lines.className = 'CodeMirror-lines';
    for (let number = 0; number < model.lineCount(); number++) {
      const line = lines.appendChild(editor.ownerDocument.createElement('pre'));
      line.className = 'CodeMirror-line';
      for (const { string, type } of model.getLineTokens(number)) {
        const token = line.appendChild(editor.ownerDocument.createElement('span'));
        token.className = type ? type.replace(/\S+/g, 'cm-$&') : '';
        token.textContent = string;
      }
      if (!line.textContent) line.textContent = ' ';
    }
    editor.replaceChildren(lines);
  });
}

function makePresent(section) {
  section.classList.remove('past', 'future');
  section.classList.add('present');
  section.removeAttribute('hidden');
  section.removeAttribute('aria-hidden');
  section.style.display = 'block';
}

// The slide, in all that it stands in, up to the body.
function copyOf(slide) {
  const isHidden = !slide.matches('.present > .present');
  let copy = slide.cloneNode(true);
  if (isHidden) writeEditors(slide, copy);
  copy.querySelectorAll('aside, script').forEach((node) => node.remove());
  for (let node = slide.parentElement; node.parentElement; node = node.parentElement) {
    const outer = node.cloneNode(false);
    const beside = isHidden ? [] : [...node.children].filter((n) => n.matches(BESIDE));
    outer.append(copy, ...beside.map((child) => child.cloneNode(true)));
    copy = outer;
  }
  if (isHidden) copy.querySelectorAll('section').forEach(makePresent);
  return copy;
}

// Changes only what differs, so that pictures do not flicker.
function update(old, copy) {
  if (old.isEqualNode(copy)) return;
  const isSameNode = old.cloneNode(false).isEqualNode(copy.cloneNode(false));
  if (!isSameNode || old.childNodes.length !== copy.childNodes.length) {
    old.replaceWith(copy);
    return;
  }
  const news = [...copy.childNodes];
  [...old.childNodes].forEach((child, index) => update(child, news[index]));
}

export class Mirror {
  constructor(frame) {
    this.frame = frame;
  }

  // Takes the stage's style; `style` is the frame's own.
  connect(stage, style) {
    const page = this.frame.contentDocument;
    page.open();
    page.write('<!doctype html><title>…</title><body>');
    page.close();
    const { documentElement: html } = stage.document;
    for (const { name, value } of html.attributes) {
      page.documentElement.setAttribute(name, value);
    }
    const base = page.createElement('base');
    base.href = stage.document.baseURI;
    const sheets = stage.document.querySelectorAll('link[rel=stylesheet], style');
    const own = page.createElement('style');
    own.textContent = style;
    page.head.append(base, ...[...sheets].map((node) => page.importNode(node, true)), own);
  }

  draw(slide) {
    const page = this.frame.contentDocument;
    if (!slide) {
      page.body.replaceChildren();
      return;
    }
    update(page.body, page.importNode(copyOf(slide), true));
    page.querySelector('.slides > section > section').scrollTop = slide.scrollTop;
  }

  // As large as its place admits, of the stage's proportions.
  fit({ innerWidth: width, innerHeight: height }) {
    const { clientWidth, clientHeight } = this.frame.parentElement;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    Object.assign(this.frame.style, {
      width: `${width}px`, height: `${height}px`, transform: `scale(${scale})`,
    });
  }
}
