import { createHash } from "node:crypto";
import { once } from "node:events";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";

/** The SHA-256 of a long stream, taken beside the thread that receives it. */
export interface RunningDigest {
  /** Takes a chunk; what it returns is to be awaited before the next one. The chunk may then change. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  /** 64 hexadecimal digits. */
  digest(): Promise<string>;
  /** Ends it without a digest. */
  stop(): void;
}

/** Shorter ones are hashed where they are: handing them over costs as much. In bytes. */
const worthwhile = 16_777_216;

const slotBytes = 262_144;
const slotCount = 8;

/** @param bytes - how many are expected. */
export function runningDigest(bytes: number): RunningDigest {
  if (bytes < worthwhile) {
    const hash = createHash("sha256");
    return { update: (chunk) => void hash.update(chunk), digest: async () => hash.digest("hex"), stop() {} };
  }
  const memory = new SharedArrayBuffer(slotCount * slotBytes);
  const port = openPort(memory);
  const slots = Array.from({ length: slotCount }, (_, n) => new Uint8Array(memory, n * slotBytes, slotBytes));
  const free = [...slots.keys()];
  let filled = 0;
  port.on("message", (slot: number) => free.push(slot)).unref();

  /** The next message of the other thread; the process lives at least until then. */
  const answer = async (): Promise<unknown> => {
    port.ref();
    const [message] = await once(port, "message");
    port.unref();
    return message;
  };
  const handOver = () => {
    port.postMessage([free.shift(), filled]);
    filled = 0;
  };
  const copy = async (chunk: Uint8Array): Promise<void> => {
    for (let start = 0; start < chunk.byteLength; ) {
      while (free.length === 0) await answer();
      start += fill(chunk, start);
    }
  };
  const fill = (chunk: Uint8Array, start: number): number => {
    const length = Math.min(slotBytes - filled, chunk.byteLength - start);
    slots[free[0]!]!.set(chunk.subarray(start, start + length), filled);
    filled += length;
    if (filled === slotBytes) handOver();
    return length;
  };
  return {
    update(chunk) {
      const fits = free.length * slotBytes - filled >= chunk.byteLength;
      if (!fits) return copy(chunk);
      for (let start = 0; start < chunk.byteLength; ) start += fill(chunk, start);
      return undefined;
    },
    async digest() {
      if (filled > 0) handOver();
      while (free.length < slotCount) await answer();
      port.postMessage(undefined);
      const digest = await answer();
      port.close();
      return String(digest);
    },
    stop: () => port.close(),
  };
}

let worker: Worker | undefined;

/** A line to the thread of this process, which begins with the first. */
function openPort(memory: SharedArrayBuffer): MessagePort {
  if (worker === undefined) {
    worker = new Worker(workerSource, { eval: true, execArgv: [] });
    worker.unref();
  }
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2, memory }, [port2]);
  return port1;
}

const workerSource = `
  const { createHash } = require("node:crypto");
  require("node:worker_threads").parentPort.on("message", ({ port, memory }) => {
    const hash = createHash("sha256");
    port.on("message", (part) => {
      if (part === undefined) return port.postMessage(hash.digest("hex"));
      const [slot, length] = part;
      hash.update(new Uint8Array(memory, slot * ${slotBytes}, length));
      port.postMessage(slot);
    });
  });
`;
