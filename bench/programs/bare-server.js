/**
 * The least that node:http can do for `POST /predict/`: reads and parses the body, and answers bytes made beforehand.
 *
 *     node bench/programs/bare-server.js PORT BYTES
 */
import { createServer } from "node:http";

const [port, bytes] = process.argv.slice(2).map(Number);
const answer = JSON.stringify({ answer: "x".repeat(bytes - 13) });

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const isAsked = JSON.parse(Buffer.concat(chunks).toString() || "{}").user_id !== undefined;
    response.writeHead(isAsked ? 200 : 404, {
      "Content-Type": "application/json",
      "Content-Length": answer.length,
    });
    response.end(answer);
  });
}).listen(port, "127.0.0.1");
