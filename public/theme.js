// Before anything is painted: the theme that the learner chose, if they chose one.
try { const t = localStorage.getItem('theme'); if (t) document.documentElement.dataset.theme = t; } catch {}
