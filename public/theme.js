// How the page looks: light or dark, size of text, motion, the speed at which figures play. No module, so that what was chosen
// holds before anything is painted; the switch follows when the page has been read. Pictures hear of a change by `themechange`;
// the settings' page tells of one by `settingchange`.
{
  const root = document.documentElement;
  const words = { auto: 'as the system', light: 'light', dark: 'dark' };
  // The first of each holds until the learner says otherwise.
  const choices = {
    theme: Object.keys(words),
    text: ['normal', 'large', 'larger'],
    motion: ['auto', 'less'],
    speed: ['normal', 'slower', 'faster'],
  };
  // Where nothing can be kept, storage throws, and the choice lasts as long as the page.
  const kept = (deed) => { try { return deed(localStorage); } catch { return null; } };
  const chosen = {};
  const apply = (name, choice) => {
    chosen[name] = choices[name].includes(choice) ? choice : choices[name][0];
    if (chosen[name] === choices[name][0]) delete root.dataset[name];
    else root.dataset[name] = chosen[name];
  };
  const read = () => {
    for (const name in choices) apply(name, kept((storage) => storage.getItem(name)));
  };
  read();

  addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('[data-theme-switch]');
    const label = () => {
      button.title = `Light or dark: ${words[chosen.theme]}`;
      button.setAttribute('aria-label', button.title);
      button.dataset.choice = chosen.theme;
    };
    const changed = () => {
      label();
      document.dispatchEvent(new Event('themechange'));
    };
    button.addEventListener('click', () => {
      const themes = choices.theme;
      apply('theme', themes[(themes.indexOf(chosen.theme) + 1) % themes.length]);
      kept((storage) => chosen.theme === 'auto' ? storage.removeItem('theme') : storage.setItem('theme', chosen.theme));
      changed();
    });
    document.addEventListener('settingchange', () => {
      read();
      changed();
    });
    label();
    button.hidden = false;
    // Figures ask their fields for the speed when they begin.
    const further = { slower: -1, faster: 1 }[chosen.speed] ?? 0;
    for (const field of document.querySelectorAll('.fig-speed select')) {
      const to = field.selectedIndex + further;
      if (to >= 0 && to < field.length) field.selectedIndex = to;
    }
    // For tests, and for style sheets: scripts are at work. A page with figures is when its figures are.
    if (!document.querySelector('[data-figure]')) root.dataset.live = '';
  });
}

// On paper nothing comes into view: what waits for that is loaded now.
addEventListener('beforeprint', () => {
  for (const image of document.querySelectorAll('img[loading=lazy]')) image.loading = 'eager';
});

// The search: '/' or its link opens it over the page. Its program comes with the first use; where it can't, the link leads to
// the search's own page.
addEventListener('DOMContentLoaded', () => {
  const link = document.querySelector('[data-search]');
  const meta = document.querySelector('meta[name="learn"]');
  if (!link || !meta) return;
  const root = link.href.slice(0, -'search/'.length);
  let dialog = null;
  const field = () => document.querySelector('input[type="search"]');
  const make = () => {
    const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${root}learn/learn.css` });
    const place = document.createElement('div');
    place.dataset.learn = 'search';
    const close = Object.assign(document.createElement('button'), { textContent: 'Close' });
    dialog = document.createElement('dialog');
    dialog.className = 'search';
    dialog.setAttribute('aria-label', 'Search');
    dialog.append(place, close);
    document.head.append(style);
    document.body.append(dialog);
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog || event.target === close) dialog.close();
    });
  };
  const open = async () => {
    if (!dialog && field()) return field().focus();
    if (!dialog) make();
    if (!dialog.open) dialog.showModal();
    try {
      await import(new URL(meta.content, document.baseURI));
      document.dispatchEvent(new Event('learn'));
      field()?.focus();
    } catch {
      location.href = link.href;
    }
  };
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    open();
  });
});
