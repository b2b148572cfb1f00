// The gallery's specimens are no live figures: what a desk would set on an element's own style stands in an attribute, for
// the policy allows no style written in the page.
for (const it of document.querySelectorAll('[data-css]')) {
  for (const rule of it.dataset.css.split(';')) it.style.setProperty(...rule.split(':'));
}
