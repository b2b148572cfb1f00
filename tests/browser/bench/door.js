// Stands in front of a worker's script: holds on to its memory, to tell how large it is.
let memory;
for (const name of ['instantiate', 'instantiateStreaming']) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
        const made = await own.apply(WebAssembly, args);
        memory = (made.instance ?? made).exports.memory;
        return made;
    };
}
addEventListener('message', (event) => { if (event.data === 'memory') postMessage(memory.buffer.byteLength); });
