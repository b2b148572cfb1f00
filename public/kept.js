// What the learner's side adds to a page that is complete without it. Its program comes only where something is kept, when the
// page has nothing better to do; the room for it is there from the start.
{
  const kept = () => { try { return localStorage.getItem('playground-record') !== null; } catch { return false; } };
  const begin = async (places) => {
    for (const place of places) place.dataset.learn = place.dataset.learnKept;
    try {
      await import(new URL(document.querySelector('meta[name="learn"]').content, document.baseURI));
      document.dispatchEvent(new Event('learn'));
    } catch { /* The page is complete without it. */ }
  };
  if (kept()) {
    document.documentElement.dataset.kept = '';
    addEventListener('DOMContentLoaded', () => {
      const places = document.querySelectorAll('[data-learn-kept]');
      (window.requestIdleCallback ?? setTimeout)(() => begin(places));
    });
  }
}
