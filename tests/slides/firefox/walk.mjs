// Shows a talk in Firefox as a speaker does, and prints what was seen, as JSON.
//     node walk.mjs FIREFOX URL NODE_MODULES SLIDE
// SLIDE: the number, from 0, of a slide with a code cell.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [firefox, url, modules, slide] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve('puppeteer-core');
const { default: puppeteer } = await import(pathToFileURL(found));

const browser = await puppeteer.launch({
  browser: 'firefox', executablePath: firefox, headless: true,
  defaultViewport: { width: 1280, height: 720 },
});
try {
  const page = await browser.newPage();  // it has the focus; the first one has not
  page.setDefaultTimeout(120_000);
  const faults = [];
  page.on('pageerror', ({ stack }) => {  // without a script: what was not loaded
    if (/\.js\b.*:\d+/.test(stack.split('\n').slice(1).join())) faults.push(stack);
  });
  const { keyboard } = page;
  const ready = async () => {
    await page.waitForSelector('body.stage-ready');
    await idle();
  };
  const idle = () => page.waitForFunction(() => Jupyter.notebook.kernel
    && Jupyter.notebook.kernel.is_connected() && !Jupyter.notebook.kernel_busy
    && !document.querySelector('.code_cell.running'));
  const heading = () => page.$eval(
    'section.present section.present :is(h1, h2)', (node) => node.innerText);
  const message = () => page.$eval('#stage-message', (node) => node.textContent);
  const paused = () => page.evaluate(() => Reveal.isPaused());
  const output = () => page.evaluate(() => Jupyter.notebook.get_selected_cell()
    .element.find('.output_subarea').text().trim());
  const source = () => page.evaluate(
    () => Jupyter.notebook.get_selected_cell().get_text());
  const write = async (code) => {
    await keyboard.press('Enter');
    await page.evaluate(() => Jupyter.notebook.get_selected_cell().set_text(''));
    await page.keyboard.type(code);
  };
  const run = async () => {
    await keyboard.down('Control');
    await keyboard.press('Enter');
    await keyboard.up('Control');
  };

  const seen = {};
  await page.goto(url);
  await ready();
  seen.first = await heading();
  await keyboard.press('PageDown');
  seen.second = await heading();
  await keyboard.press('b');
  seen.black = await paused();
  await keyboard.press('b');
  seen.blackAgain = await paused();

  await page.evaluate((number) => Reveal.slide(number, 0), Number(slide));
  await write("print('tulip'.upper())");
  seen.frame = await page.$eval('.code_cell.selected .CodeMirror',
    (node) => getComputedStyle(node).boxShadow);
  await run();
  await idle();
  seen.printed = await output();

  await write('print(input()[::-1])');
  await run();
  await page.waitForSelector('.present .raw_input');
  await keyboard.type('b?');
  await keyboard.press('Enter');
  await idle();
  seen.asked = await output();

  await write('import asyncio; await asyncio.sleep(600)');
  await run();
  await page.waitForSelector('.code_cell.running');
  await keyboard.press('F4');
  await page.waitForFunction(() => /^Stopped/.test(
    document.getElementById('stage-message').textContent));
  await idle();
  seen.panic = await message();

  await write('# kept');
  seen.edited = await source();
  await page.reload();
  await ready();
  seen.reloaded = await source();
  seen.faults = faults;
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
