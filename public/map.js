// The map: arrow keys go along its lines and up and down in a layer, and what a lesson is joined to stands out.
addEventListener('DOMContentLoaded', () => {
  const map = document.querySelector('.map');
  const lessons = [...map.querySelectorAll('a')];
  const lines = [...map.querySelectorAll('path')];
  const row = (lesson) => lesson.querySelector('rect').y.baseVal.value;
  const ends = (line) => line.dataset.to.split(' ');
  const nearest = (from, to) => to.sort((a, b) => Math.abs(row(a) - row(from)) - Math.abs(row(b) - row(from)))[0];
  const after = (path) => new Set(lines.filter((line) => line.dataset.from === path).flatMap(ends));
  const before = (path) => new Set(lines.filter((line) => ends(line).includes(path)).map((line) => line.dataset.from));
  const among = (paths) => lessons.filter((lesson) => paths.has(lesson.dataset.lesson));
  const layer = (lesson) => lessons.filter((other) => other.dataset.layer === lesson.dataset.layer);
  const ways = {
    ArrowRight: (lesson) => nearest(lesson, among(after(lesson.dataset.lesson))),
    ArrowLeft: (lesson) => nearest(lesson, among(before(lesson.dataset.lesson))),
    ArrowDown: (lesson) => nearest(lesson, layer(lesson).filter((other) => row(other) > row(lesson))),
    ArrowUp: (lesson) => nearest(lesson, layer(lesson).filter((other) => row(other) < row(lesson))),
  };
  map.addEventListener('keydown', (event) => {
    const lesson = event.target.closest('a');
    const way = lesson && !event.ctrlKey && !event.metaKey && !event.altKey && ways[event.key];
    if (!way) return;
    event.preventDefault();
    way(lesson)?.focus();
  });
  const show = (lesson) => {
    const path = lesson?.dataset.lesson;
    const joined = path && new Set([path, ...after(path), ...before(path)]);
    map.classList.toggle('joined', !!path);
    for (const lesson of lessons) lesson.classList.toggle('on', !!joined?.has(lesson.dataset.lesson));
    for (const line of lines) line.classList.toggle('on', line.dataset.from === path || ends(line).includes(path));
  };
  // What has the focus stands out while the pointer is elsewhere.
  const focused = () => document.activeElement?.closest('.map a');
  map.addEventListener('pointerover', (event) => show(event.target.closest('a') ?? focused()));
  map.addEventListener('pointerleave', () => show(focused()));
  map.addEventListener('focusin', (event) => show(event.target.closest('a')));
  map.addEventListener('focusout', (event) => { if (!map.contains(event.relatedTarget)) show(null); });
});
