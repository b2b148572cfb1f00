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
const post = (request) => new Promise((answered) => {
    worker.onmessage = (event) => answered(event.data);
    worker.postMessage(request.buffer, [request.buffer]);
});
// Postcard: behind a tag, the answer's number, its tag and the frame's moment stands whether the frame is there.
const isThere = (answer) => {
    const all = new Uint8Array(answer);
    let at = 0;
    for (let field = 0; field < 4; field++) while (all[at++] & 128);
    return all[at] === 1;
};
window.remote = {
    handle(request, done) {
        heard = done;
        post(bytes(request)).then((answer) => done({ bytes: text(answer) }));
    },
    // Asks for a frame until it is there: how long that took in all, in milliseconds, and the longest answer of it.
    seek(request, done) {
        heard = done;
        const asked = bytes(request);
        const start = performance.now();
        (async () => {
            let answer, longest = 0, last = start;
            do {
                answer = await post(asked.slice());
                const now = performance.now();
                [longest, last] = [Math.max(longest, now - last), now];
            } while (!isThere(answer));
            done({ bytes: text(answer), took: last - start, longest });
        })();
    },
    // Of a worker behind a door that answers so: see `door.js`.
    memory(done) {
        worker.onmessage = (event) => done(event.data);
        worker.postMessage('memory');
    },
};
