// While one works on the site nothing is kept. A release that was served from this address before is forgotten.
self.addEventListener('install', () => self.skipWaiting());
const forget = async () => {
  const ours = `playground-${new URL(self.registration.scope).pathname}-`;
  for (const name of await caches.keys()) if (name.startsWith(ours)) await caches.delete(name);
  await self.registration.unregister();
};
self.addEventListener('activate', (event) => event.waitUntil(forget()));
