// What the learner's side adds to a page that is complete without it. Its program comes only where something is kept, when the
// page has nothing better to do.
{
  const kept = () => { try { return localStorage.getItem('playground-record') !== null; } catch { return false; } };
  const places = document.querySelectorAll('[data-learn-kept]');
  const meta = document.querySelector('meta[name="learn"]');
  const begin = async () => {
    for (const place of places) place.dataset.learn = place.dataset.learnKept;
    try {
      await import(new URL(meta.content, document.baseURI));
      document.dispatchEvent(new Event('learn'));
    } catch { /* The page is complete without it. */ }
  };
  if (kept() && places.length > 0 && meta) (window.requestIdleCallback ?? setTimeout)(begin);
}
