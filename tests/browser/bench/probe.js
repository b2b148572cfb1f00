// Times every listener of a worker's messages and every animation frame, together with the microtasks that they leave
// behind; notes the gaps between frames, and between those that came with something new from the worker.
globalThis.probe = { current: 0, script: [], gaps: [], pictures: [], fresh: false };
const timed = (f) => function (...args) {
    const start = performance.now();
    const result = f.apply(this, args);
    let hops = 20;
    const hop = () => { if (hops--) Promise.resolve().then(hop); else probe.current += performance.now() - start; };
    hop();
    return result;
};
const own = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
Object.defineProperty(Worker.prototype, 'onmessage', { ...own, set(f) {
    const heard = f && timed(f);
    own.set.call(this, f && function (...args) { probe.fresh = true; return heard.apply(this, args); });
} });
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
probe.clear = () => { probe.script = []; probe.gaps = []; probe.pictures = []; };
probe.work = () => {
    const start = performance.now();
    let sum = 0;
    for (let k = 0; k < 2e7; k++) sum += Math.sqrt(k);
    return sum > 0 ? performance.now() - start : 0;
};
