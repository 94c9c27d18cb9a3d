import { control, maxErrorLength } from "./control.ts";

/**
 * The program of a worker, as text: it starts the same way from TypeScript sources, from the built package and
 * from a consumer's bundle, with no file to find. Sleeps until the generation changes, then takes tickets.
 */
export const workerSource = `
const { workerData } = require("node:worker_threads");
const { module, memory, kernels } = workerData;
const control = new Int32Array(memory.buffer, 0, 1024);
const instance = new WebAssembly.Instance(module, { env: { memory } });
let generation = 0;
for (;;) {
  Atomics.wait(control, ${control.generation}, generation);
  generation = Atomics.load(control, ${control.generation});
  try {
    work(instance.exports[kernels[control[${control.kernel}]]]);
  } catch (error) {
    const text = String(error && error.message || error).slice(0, ${maxErrorLength});
    for (let at = 0; at < text.length; at++) control[${control.errorText} + at] = text.charCodeAt(at);
    Atomics.store(control, ${control.errorLength}, text.length);
    Atomics.store(control, ${control.stop}, 1);
  }
  Atomics.add(control, ${control.done}, 1);
  Atomics.notify(control, ${control.done});
}
function work(kernel) {
  const args = control[${control.args}] >>> 0;
  const tasks = control[${control.tasks}];
  const tickets = control[${control.tickets}];
  const ring = control[${control.ring}];
  for (;;) {
    const ticket = Atomics.add(control, ${control.next}, 1);
    if (ticket >= tickets) return;
    const phase = Math.floor(ticket / tasks);
    const task = ticket % tasks;
    if (ring) {
      waitUntil(progressOf(task), phase);
      waitUntil(progressOf((task + 1) % tasks), phase);
    } else waitUntil(${control.finished}, phase * tasks);
    if (Atomics.load(control, ${control.stop})) return;
    kernel(args, phase, task);
    const count = Atomics.add(control, ${control.finished}, 1) + 1;
    if (ring) {
      Atomics.store(control, progressOf(task), phase + 1);
      Atomics.notify(control, progressOf(task));
    } else if (count % tasks === 0) Atomics.notify(control, ${control.finished});
  }
}
function progressOf(task) {
  return ${control.progress} + 16 * task;
}
function waitUntil(word, least) {
  let patience = 2000;
  for (let value; (value = Atomics.load(control, word)) < least; ) {
    if (Atomics.load(control, ${control.stop})) return;
    if (patience-- < 0) Atomics.wait(control, word, value, 20);
  }
}
`;
