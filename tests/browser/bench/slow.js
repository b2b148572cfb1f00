// Stands in front of a worker's script, which the browser does not slow down with its page: what the worker does with a
// message takes SLOWER times as long.
Object.defineProperty(self, 'onmessage', {
    set(f) {
        addEventListener('message', (event) => {
            const start = performance.now();
            f.call(self, event);
            const until = start + (performance.now() - start) * SLOWER;
            while (performance.now() < until);
        });
    },
});
