// WebKit's driver doesn't tell what stands on the console. So the test's server puts this in front of a page's first
// script, and of its workers', to keep what goes wrong for `Browser::errors`. In a block, to leave no names behind.
{
  const channel = new BroadcastChannel('wrong');
  let keep = (what) => channel.postMessage(String(what));
  if (self.document) {
    keep = (what) => {
      const before = JSON.parse(sessionStorage.getItem('wrong') ?? '[]');
      sessionStorage.setItem('wrong', JSON.stringify(what === undefined ? before : [...before, String(what)]));
    };
    channel.onmessage = (event) => keep(event.data);
    keep(); // that nothing went wrong so far is to be told too
  }
  // Elements that don't load say so only to who listens on the way down.
  addEventListener('error', (event) => keep(event.message ?? `not loaded: ${event.target.outerHTML}`), true);
  addEventListener('unhandledrejection', (event) => keep(`rejected: ${event.reason}`));
  addEventListener('securitypolicyviolation', (event) => keep(`${event.violatedDirective} blocks ${event.blockedURI}`));
  const { error } = console;
  console.error = (...what) => { keep(what.join(' ')); error.apply(console, what); };
}
