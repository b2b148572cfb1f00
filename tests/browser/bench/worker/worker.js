// What the worker that is measured does when it is told to. `kernel` comes from the module.

// M/M/1 at a load of 0.9 on a 4-ary heap in plain JavaScript: no hash, histogram, books or interface. Times are doubles
// in nanoseconds; the sequence number breaks ties.
function plain(customers) {
    let capacity = 64, pending = 0, pushed = 0;
    const times = new Float64Array(capacity), turns = new Float64Array(capacity), kinds = new Uint8Array(capacity);
    const draw = (mean) => Math.round(-Math.log(1 - Math.random()) * mean * 1e9);
    const push = (time, kind) => {
        const turn = pushed++;
        let at = pending++;
        while (at > 0) {
            const parent = (at - 1) >> 2;
            if (times[parent] < time || (times[parent] === time && turns[parent] < turn)) break;
            times[at] = times[parent]; turns[at] = turns[parent]; kinds[at] = kinds[parent];
            at = parent;
        }
        times[at] = time; turns[at] = turn; kinds[at] = kind;
    };
    const dropFront = () => {
        const last = --pending, time = times[last], turn = turns[last], kind = kinds[last];
        let at = 0;
        for (let child = 1; child < pending; child = 4 * at + 1) {
            let least = child;
            for (let other = child + 1; other < Math.min(child + 4, pending); other++) {
                if (times[other] < times[least] || (times[other] === times[least] && turns[other] < turns[least])) least = other;
            }
            if (time < times[least] || (time === times[least] && turn < turns[least])) break;
            times[at] = times[least]; turns[at] = turns[least]; kinds[at] = kinds[least];
            at = least;
        }
        times[at] = time; turns[at] = turn; kinds[at] = kind;
    };
    // The line is a ring that grows.
    let line = new Float64Array(1024), first = 0, waiting = 0;
    let arrived = 0, events = 0, waited = 0;
    push(draw(1 / 0.9), 1);
    while (pending > 0) {
        const now = times[0], arrival = kinds[0] === 1;
        dropFront();
        events++;
        if (arrival) {
            if (waiting === line.length) {
                const larger = new Float64Array(2 * waiting);
                for (let k = 0; k < waiting; k++) larger[k] = line[(first + k) % line.length];
                [line, first] = [larger, 0];
            }
            line[(first + waiting++) & (line.length - 1)] = now;
            if (++arrived < customers) push(now + draw(1 / 0.9), 1);
        } else {
            first = (first + 1) & (line.length - 1);
            waiting--;
        }
        if (waiting > 0 && (!arrival || waiting === 1)) {
            waited += now - line[first];
            push(now + draw(1), 0);
        }
    }
    return [events, waited / 1e9 / customers];
}

function timed(run) {
    const start = performance.now();
    const [events, wait] = run();
    return { rate: events / (performance.now() - start) * 1e3, wait };
}

onmessage = ({ data: [what, customers, seed] }) => {
    if (what === 'mm1') postMessage({ ours: timed(() => kernel(customers, seed)), plain: timed(() => plain(customers)) });
};
