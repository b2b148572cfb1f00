// Has the site kept for when there is no network, and tells of a newer release: when a page is opened, never while one is used.
{
  const root = new URL('.', document.currentScript.src);
  const workers = navigator.serviceWorker;
  const tell = (waiting) => {
    const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('learn/learn.css', root) });
    const bar = document.createElement('div');
    bar.className = 'newer';
    bar.setAttribute('role', 'status');
    const button = (text, press) => {
      const it = Object.assign(document.createElement('button'), { textContent: text });
      it.addEventListener('click', press);
      return it;
    };
    bar.append(
      'There is a newer version of the site. ',
      button('Reload', () => {
        workers.addEventListener('controllerchange', () => location.reload(), { once: true });
        waiting.postMessage({ begin: true });
      }),
      button('Later', () => bar.remove()),
    );
    style.addEventListener('load', () => document.body.append(bar));
    document.head.append(style);
  };
  const begin = async () => {
    const registration = await workers.register(new URL('sw.js', root), { updateViaCache: 'none' });
    if (registration.waiting && registration.active) tell(registration.waiting);
    const { active } = await workers.ready;
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    active.postMessage({ keep: [location.href, ...loaded] });
    (window.requestIdleCallback ?? setTimeout)(() => active.postMessage({ rest: true }));
  };
  // Who saves data asks for no more than the page. Where nothing may be kept, the site works as long as there is a network.
  if (workers && !navigator.connection?.saveData) addEventListener('load', () => begin().catch(() => {}));
}
