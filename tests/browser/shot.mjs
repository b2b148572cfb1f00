// A picture of a page of dist/, taken with headless Chromium: `./dev shot PATH OUT.png [options]`.
// Node and chromedriver only, so that it never waits for a build. What the page's console says goes to the terminal.
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const usage = `./dev shot PATH OUT.png [options]
  PATH              a page of dist/ ('/', 'architecture/load-balancing/', with '#…' if wanted), or a whole http:// address
  --width N         of the window, CSS pixels (1280; 360 is a phone, with touch)
  --height N        of the window (the page's whole height)
  --dark            prefers-color-scheme: dark
  --reduced-motion  prefers-reduced-motion: reduce
  --forced-colors   forced-colors: active
  --text N          text N times as large (2 for 200 %)
  --after MS        wait after loading (1000)
  --scale N         device pixels for each CSS pixel (1)
  --at CSS          scroll the first element that matches to the top; with --height
  --eval JS         run before the picture is taken; the value of its 'return' is printed
  --dir DIR         a folder other than dist`;

const options = { width: 1280, after: 1000, scale: 1, dir: 'dist' };
const words = [];
const args = process.argv.slice(2);
const quit = (message) => { console.error(message); process.exit(2); };
while (args.length) {
  const arg = args.shift();
  if (arg === '--help') { console.log(usage); process.exit(0); }
  if (arg === '--dark') options.dark = true;
  else if (arg === '--reduced-motion') options.still = true;
  else if (arg === '--forced-colors') options.forced = true;
  else if (/^--(width|height|after|scale|text)$/.test(arg)) {
    options[arg.slice(2)] = Number(args.shift());
    if (!(options[arg.slice(2)] > 0)) quit(`${arg} needs a number above 0`);
  } else if (/^--(at|eval|dir)$/.test(arg)) options[arg.slice(2)] = args.shift() ?? quit(`${arg} needs a value`);
  else if (arg.startsWith('--')) quit(`there is no ${arg}\n${usage}`);
  else words.push(arg);
}
if (words.length !== 2) quit(usage);
const [path, out] = words;

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.png': 'image/png', '.json': 'application/json',
};
const server = createServer((request, response) => {
  let file = join(options.dir, normalize(decodeURIComponent(request.url.split(/[?#]/)[0])));
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
  if (!existsSync(file)) { response.writeHead(404).end(`no ${file}`); return; }
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

const driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const port = await new Promise((found, failed) => {
  driver.on('error', failed);
  let said = '';
  driver.stdout.on('data', (data) => {
    said += data;
    const match = /started successfully on port (\d+)/.exec(said);
    if (match) found(match[1]);
  });
});
let session = '';
const call = async (method, command, body) => {
  const response = await fetch(`http://127.0.0.1:${port}/session${session}${command}`, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (value?.error) throw new Error(value.message.split('\n')[0]);
  return value;
};
const cdp = (cmd, params = {}) => call('POST', '/goog/cdp/execute', { cmd, params });

let failed = false;
try {
  const { sessionId } = await call('POST', '', {
    capabilities: { alwaysMatch: {
      browserName: 'chrome',
      'goog:loggingPrefs': { browser: 'ALL' },
      'goog:chromeOptions': { args: [
        '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--hide-scrollbars',
      ] },
    } },
  });
  session = `/${sessionId}`;
  const phone = options.width < 700;
  await cdp('Emulation.setDeviceMetricsOverride', {
    width: options.width, height: options.height ?? (phone ? 740 : 900), deviceScaleFactor: options.scale, mobile: phone,
  });
  await cdp('Emulation.setTouchEmulationEnabled', { enabled: phone });
  await cdp('Emulation.setEmulatedMedia', { features: [
    { name: 'prefers-color-scheme', value: options.dark ? 'dark' : 'light' },
    { name: 'prefers-reduced-motion', value: options.still ? 'reduce' : 'no-preference' },
    { name: 'forced-colors', value: options.forced ? 'active' : 'none' },
  ] });
  if (options.text) await cdp('Page.setFontSizes', { fontSizes: { standard: 16 * options.text, fixed: 13 * options.text } });
  const url = /^https?:/.test(path) ? path : `http://127.0.0.1:${server.address().port}/${path.replace(/^\//, '')}`;
  await call('POST', '/url', { url });
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const run = (script, ...args) => call('POST', '/execute/sync', { script, args });
  await sleep(options.after);
  if (options.eval) {
    console.log(JSON.stringify(await run(options.eval)));
    await sleep(300);
  }
  if (options.at) await run('document.querySelector(arguments[0]).scrollIntoView()', options.at);
  const wide = await run('return document.documentElement.scrollWidth - innerWidth');
  if (wide > 0) console.log(`the page is ${wide} px wider than its window`);
  const { data } = await cdp('Page.captureScreenshot', { format: 'png', captureBeyondViewport: !options.height });
  writeFileSync(out, data, 'base64');
  for (const { level, message } of await call('POST', '/se/log', { type: 'browser' })) {
    console.log(`${level.toLowerCase()}: ${message}`);
    failed ||= level === 'SEVERE';
  }
} catch (error) {
  console.error(`error: ${error.message}`);
  failed = true;
} finally {
  if (session) await call('DELETE', '').catch(() => {});
  driver.kill();
  server.close();
}
process.exit(failed ? 1 : 0);
