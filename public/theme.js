// Light or dark: as the system, until the learner says otherwise. No module, so that what was chosen holds before
// anything is painted; the switch follows when the page has been read. Pictures hear of a change by `themechange`.
{
  const root = document.documentElement;
  const words = { auto: 'as the system', light: 'light', dark: 'dark' };
  const choices = Object.keys(words);
  const apply = (choice) => {
    if (choice === 'auto') delete root.dataset.theme;
    else root.dataset.theme = choice;
  };
  // Where nothing can be kept, storage throws, and the choice lasts as long as the page.
  const kept = (deed) => { try { return deed(localStorage); } catch { return null; } };

  let chosen = kept((storage) => storage.getItem('theme'));
  if (!choices.includes(chosen)) chosen = 'auto';
  apply(chosen);

  addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('[data-theme-switch]');
    const label = () => {
      button.title = `Light or dark: ${words[chosen]}`;
      button.setAttribute('aria-label', button.title);
      button.dataset.choice = chosen;
    };
    button.addEventListener('click', () => {
      chosen = choices[(choices.indexOf(chosen) + 1) % choices.length];
      apply(chosen);
      kept((storage) => chosen === 'auto' ? storage.removeItem('theme') : storage.setItem('theme', chosen));
      label();
      document.dispatchEvent(new Event('themechange'));
    });
    label();
    button.hidden = false;
    // For tests, and for style sheets: scripts are at work. A page with figures is when its figures are.
    if (!document.querySelector('[data-figure]')) root.dataset.live = '';
  });
}
