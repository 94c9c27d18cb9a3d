/**
 * Sends requests to a service from a process of its own and says how it answered: POST, JSON, keep-alive, over bare sockets,
 * so that it costs little beside the service on the same processors.
 *
 *     node bench/programs/load.js '{"url":"http://127.0.0.1:8080/predict/","connections":32,"seconds":10,"rate":1500,
 *       "users":138493,"count":10,"samples":100}'
 *
 * With a `rate`, requests are due at random moments (a Poisson process) whether or not the service keeps up, and each is
 * timed from the moment it was due: what waits, waits for the service. Without, each connection sends its next request
 * when it has its answer. Every request asks for another user, in turn, from the `first` on; `samples` answers are kept,
 * evenly spread over the first 10,000.
 */
import { createConnection } from "node:net";

const plan = JSON.parse(process.argv[2]);
const { connections: connectionCount, seconds, rate, users, count, first = 0, samples = 0 } = plan;
const { hostname, port, pathname } = new URL(plan.url);

/** Answers by their time in steps of 10 µs; the last step is for all from 10 s on. */
const histogram = new Uint32Array(1_000_001);
const kept = [];
const statuses = {};
const idle = [];
const due = [];
let [sent, answered, refused, closed, longest] = [0, 0, 0, 0, 0];

await Promise.all(Array.from({ length: connectionCount }, connect));
const started = performance.now();
const end = started + seconds * 1000;
if (rate === undefined) for (const connection of idle.splice(0)) send(connection, performance.now());
else sendWhatIsDue(started);
await finished();

const took = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage();
const measured = {
  seconds: took,
  cpu_seconds: (user + system) / 1e6,
  sent,
  answered,
  failed: refused + closed + (sent - answered) + due.length,
  statuses,
  p50_ms: quantile(0.5),
  p90_ms: quantile(0.9),
  p99_ms: quantile(0.99),
  p999_ms: quantile(0.999),
  max_ms: longest,
  samples: kept,
};
if (process.send) process.send(measured, () => process.exit());
else console.log({ ...measured, samples: kept.length });

function connect() {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
    const connection = { socket, received: undefined, since: 0, number: 0 };
    socket.on("data", (chunk) => receive(connection, chunk));
    socket.on("connect", () => {
      idle.push(connection);
      resolve();
    });
    socket.on("error", reject);
    // It is never idle for long enough that the service may close it.
    socket.on("close", () => closed++);
  });
}

/** 7919 is prime: every user once before anybody comes a second time. */
function send(connection, since) {
  const number = sent++;
  const body = JSON.stringify({
    user_id: 1 + (((first + number) * 7919) % users),
    n_recommendations: count,
  });
  connection.since = since;
  connection.number = number;
  connection.socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function receive(connection, chunk) {
  const bytes = connection.received ? Buffer.concat([connection.received, chunk]) : chunk;
  const headEnd = bytes.indexOf("\r\n\r\n");
  const head = headEnd < 0 ? "" : bytes.latin1Slice(0, headEnd);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
  if (headEnd >= 0 && Number.isNaN(length)) throw new Error(`an answer without its length:\n${head}`);
  if (headEnd < 0 || bytes.length < headEnd + 4 + length) {
    connection.received = bytes;
    return;
  }
  connection.received = undefined;
  record(connection, Number(head.slice(9, 12)), () => bytes.utf8Slice(headEnd + 4));
  const now = performance.now();
  if (rate !== undefined) {
    if (due.length > 0) send(connection, due.shift());
    else idle.push(connection);
  } else if (now < end) send(connection, now);
}

function record({ since, number }, status, body) {
  const ms = performance.now() - since;
  histogram[Math.min(Math.floor(ms * 100), histogram.length - 1)]++;
  answered++;
  longest = Math.max(longest, ms);
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (status !== 200) refused++;
  if (number % Math.floor(10_000 / samples) === 0 && kept.length < samples) kept.push(body());
}

/** Looks every millisecond: a request may leave so much after it was due, and its time counts that. */
function sendWhatIsDue(from) {
  let next = from;
  const timer = setInterval(() => {
    const now = performance.now();
    for (; next <= now && next < end; next -= (Math.log(1 - Math.random()) * 1000) / rate) {
      const connection = idle.shift();
      if (connection) send(connection, next);
      else due.push(next);
    }
    if (next >= end) clearInterval(timer);
  }, 1);
}

/** All answered, or given up 10 s after the end. */
function finished() {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const isDone = now >= end && answered === sent && due.length === 0;
      if (!isDone && now < end + 10_000) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
}

/** The upper end of the step that holds it, in ms. */
function quantile(share) {
  let left = share * answered;
  for (let step = 0; step < histogram.length; step++) {
    left -= histogram[step];
    if (left <= 0) return (step + 1) / 100;
  }
}
