// Times every listener of a worker's messages and every animation frame, together with the microtasks that they leave
// behind (where the page's effects run); notes the gaps between frames, and between those that came with a new picture.
globalThis.probe = { current: 0, script: [], gaps: [], pictures: [], fresh: false, arcs: 0, counts: false };
const timed = (f) => function (...args) {
    const start = performance.now();
    const result = f.apply(this, args);
    let hops = 20;
    const hop = () => { if (hops--) Promise.resolve().then(hop); else probe.current += performance.now() - start; };
    hop();
    return result;
};
const own = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
Object.defineProperty(Worker.prototype, 'onmessage', { ...own, set(f) { own.set.call(this, f && timed(f)); } });
const frame = requestAnimationFrame;
globalThis.requestAnimationFrame = (f) => frame(timed(f));
let last = 0, lastFresh = 0;
frame(function each(now) {
    if (last) { probe.gaps.push(now - last); probe.script.push(probe.current); }
    if (probe.fresh) {
        if (lastFresh) probe.pictures.push(now - lastFresh);
        [lastFresh, probe.fresh] = [now, false];
    }
    probe.current = 0; last = now; frame(each);
});
// A picture begins with a clear canvas; one that a worker paints is announced by who passes it on.
const context = CanvasRenderingContext2D.prototype;
const clear = context.clearRect;
context.clearRect = function (...args) {
    probe.fresh = true;
    if (probe.counts) probe.arcs = 0;
    return clear.apply(this, args);
};
// Packets are arcs. Counting them costs time, so it is done before anything is measured.
probe.count = (on) => {
    probe.counts = on;
    if (on) { probe.arc = context.arc; context.arc = function (...args) { probe.arcs++; return probe.arc.apply(this, args); }; }
    else context.arc = probe.arc;
};
probe.clear = () => { probe.script = []; probe.gaps = []; probe.pictures = []; };
probe.work = () => {
    const start = performance.now();
    let sum = 0;
    for (let k = 0; k < 2e7; k++) sum += Math.sqrt(k);
    return sum > 0 ? performance.now() - start : 0;
};
