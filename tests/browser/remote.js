// A worker of the site, spoken to from a test: its messages in and out as base64.
// Run in the page with the worker's address and what to call when it has said hello.
const [address, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (buffer) => {
    const all = new Uint8Array(buffer);
    let letters = '';
    for (let at = 0; at < all.length; at += 32768) letters += String.fromCharCode(...all.subarray(at, at + 32768));
    return btoa(letters);
};
const worker = new Worker(address);
let heard = done;
worker.onerror = (event) => heard({ failed: event.message || 'the worker does not start' });
worker.onmessage = (event) => heard({ bytes: text(event.data) });
// In postcard the first byte of a message says whether it is an answer (1) or said unasked (2), the second whether it is
// about what is shown (1), the third whether that is the moment wanted.
const isAnswer = (all) => all[0] === 1;
const isThere = (all) => all[1] === 1 && all[2] === 1;
window.remote = {
    tell(request, done) {
        heard = done;
        const told = bytes(request);
        worker.onmessage = (event) => { if (isAnswer(new Uint8Array(event.data))) done({ bytes: text(event.data) }); };
        worker.postMessage(told.buffer, [told.buffer]);
    },
    // Waits until the moment wanted is shown: how long that took in all, in milliseconds, and the longest silence in it.
    shown(request, done) {
        heard = done;
        const told = bytes(request);
        const start = performance.now();
        let last = start, longest = 0, answered = false;
        worker.onmessage = (event) => {
            const now = performance.now();
            [longest, last] = [Math.max(longest, now - last), now];
            const all = new Uint8Array(event.data);
            answered ||= isAnswer(all);
            if (answered && isThere(all)) done({ took: now - start, longest });
        };
        worker.postMessage(told.buffer, [told.buffer]);
    },
    // Of a worker behind a door that answers so: see `door.js`.
    memory(done) {
        worker.onmessage = (event) => { if (typeof event.data === 'number') done(event.data); };
        worker.postMessage('memory');
    },
};
