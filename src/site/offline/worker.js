// The site without a network: a service worker that keeps one release as a whole. What it holds is listed when the site is
// built, each file with the start of its SHA-256, and only what agrees with the list is kept: a page never runs with another
// release's files.
//
// At the first visit it keeps what the front page, the map and the page at hand need, then, when that page has time, the rest:
// as much as a browser should be asked to hold for someone who only came to look. Lessons beyond that are kept when they are
// visited.
// A later release is fetched whole before it counts; it then waits until a page asks for it, or until no page is open.
const RELEASE = 'RELEASE_HERE';
const FILES = FILES_HERE;
const FIRST = FIRST_HERE;
/** Pages that are kept only when they are visited, each with what it alone needs. */
const WITH_PAGE = WITH_PAGE_HERE;
const LATE = new Set(Object.values(WITH_PAGE).flat());
const UNASKED = Object.keys(FILES).filter((file) => !LATE.has(file));

const root = self.registration.scope;
/** Another folder of the same host may have a site of its own. */
const CACHES = `playground-${new URL(root).pathname}-`;
const OURS = CACHES + RELEASE;
/** The header in which a kept file carries its hash. */
const HASH = 'x-content-hash';
/** So many files are fetched at a time. */
const AT_ONCE = 4;

/** The file that an address means, from the root; null outside the site. */
const fileOf = (address) => {
  if (!address.startsWith(root)) return null;
  const path = address.slice(root.length).split(/[?#]/)[0];
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
};
/** Hosts may send an `index.html` on to its folder, so it is asked for as that. */
const addressOf = (file) => root + file.replace(/(^|\/)index\.html$/, '$1');
const isListed = (file) => Object.hasOwn(FILES, file);

const hashOf = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};
/** The caches of earlier releases, the latest last. */
const earlierCaches = async () => (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== OURS);

/** Puts a file into the cache if it is this release's; whether it is. */
const put = async (cache, file, response) => {
  const bytes = await response.arrayBuffer();
  if (await hashOf(bytes) !== FILES[file]) return false;
  const headers = { 'content-type': response.headers.get('content-type') ?? '', [HASH]: FILES[file] };
  await cache.put(addressOf(file), new Response(bytes, { headers }));
  return true;
};

/** Keeps a file: from an earlier release where that has the same, else from the network. */
const keep = async (cache, file) => {
  const address = addressOf(file);
  if (await cache.match(address)) return;
  for (const name of await earlierCaches()) {
    const earlier = await (await caches.open(name)).match(address);
    if (earlier && earlier.headers.get(HASH) === FILES[file]) return cache.put(address, earlier);
  }
  // A name that carries its content's hash can't be outdated.
  const mode = /-[0-9a-f]{16}[._]/.test(file) ? 'force-cache' : 'no-cache';
  const response = await fetch(address, { cache: mode });
  if (!await put(cache, file, response)) throw new Error(`${file} is of another release`);
};
const keepAll = async (files) => {
  const cache = await caches.open(OURS);
  const left = [...new Set(files)];
  const next = async () => { for (let file; (file = left.shift());) await keep(cache, file); };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
};

/** What has to be there before this release counts: at the first visit little, later all that the release before had. */
const wanted = async () => {
  if (!self.registration.active) return FIRST;
  const names = await earlierCaches();
  if (!names.length) return UNASKED;
  const cache = await caches.open(names[names.length - 1]);
  const had = new Set((await cache.keys()).map((request) => fileOf(request.url)));
  const visited = Object.keys(WITH_PAGE).filter((page) => had.has(page)).flatMap((page) => WITH_PAGE[page]);
  if (!navigator.connection?.saveData) return [...UNASKED, ...visited];
  return [...FIRST, ...UNASKED.filter((file) => had.has(file)), ...visited];
};
// One that can't be had whole leaves nothing, or it would be taken for the release before.
const install = async () => {
  try {
    await keepAll(await wanted());
  } catch (error) {
    await caches.delete(OURS);
    throw error;
  }
};
self.addEventListener('install', (event) => event.waitUntil(install()));

// The release before stays for pages that are still open; what is older goes.
const begin = async () => {
  for (const name of (await earlierCaches()).slice(0, -1)) await caches.delete(name);
  await self.clients.claim();
};
self.addEventListener('activate', (event) => event.waitUntil(begin()));

self.addEventListener('message', (event) => {
  const { keep: addresses, rest, begin: now } = event.data ?? {};
  if (now) self.skipWaiting();
  const asked = (addresses ?? []).map(fileOf).filter((file) => file !== null && isListed(file));
  const files = rest ? UNASKED : asked.flatMap((file) => [file, ...(WITH_PAGE[file] ?? [])]);
  // What couldn't be kept is tried again by the next page.
  event.waitUntil(keepAll(files).catch(() => {}));
});

/** What a page that can't be had says. */
const away = async (cache, file) => {
  const page = !isListed(file) && await cache.match(addressOf('404.html'));
  if (page) return new Response(page.body, { status: 404, headers: page.headers });
  const text = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Offline</title>'
    + '<h1>You are offline</h1><p>This page hasn’t been kept in your browser yet. Open it again once you are connected.</p>'
    + `<p><a href="${root}">The front page</a></p>`;
  return new Response(text, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
};

const answer = async (event, file) => {
  const cache = await caches.open(OURS);
  // What isn't listed may be of the release before, which a page that is still open runs with.
  const kept = isListed(file) ? await cache.match(addressOf(file)) : await caches.match(addressOf(file));
  if (kept) return kept;
  try {
    const response = await fetch(event.request);
    if (isListed(file) && response.ok) event.waitUntil(put(cache, file, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    if (event.request.mode !== 'navigate') throw error;
    if (isListed(`${file}/index.html`)) return Response.redirect(`${root}${file}/`);
    return away(cache, file);
  }
};
self.addEventListener('fetch', (event) => {
  const file = event.request.method === 'GET' ? fileOf(event.request.url) : null;
  if (file !== null) event.respondWith(answer(event, file));
});
