import http from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInterface } from "node:readline";
import { type Config, endpointText } from "./config";
import { sleep } from "./files";
import { parseStatement, type Value } from "./sql";

/** What the node says of its cluster. */
export interface Info {
  commit_index: number;
  applied_index: number;
  term: number;
  members: { id: string; address: string; state: string; role: string }[];
}

const answerMs = 30_000;

function requestOptions(config: Config, method: string, path: string): http.RequestOptions {
  const { host, port } = config.http;
  return { host: host === "0.0.0.0" ? "127.0.0.1" : host, port, method, path, agent: false };
}

function unreachable(config: Config, error: Error): Error {
  return new Error(`the node at ${endpointText(config.http)} cannot be reached: ${error.message}`);
}

/** Calls the node of this machine; throws its reason when it says no. */
export function ask<T>(config: Config, method: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = http.request(requestOptions(config, method, path), (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", (error) => reject(unreachable(config, error)));
      response.on("end", () => {
        const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as T & { error?: string };
        if ((response.statusCode ?? 500) < 300) resolve(body);
        else reject(new Error(body.error ?? `the node said ${response.statusCode}`));
      });
    });
    request.setTimeout(answerMs, () => request.destroy(new Error(`no answer in ${answerMs / 1000} s`)));
    request.on("error", (error) => reject(unreachable(config, error)));
    request.end();
  });
}

/** Opens a stream of statements and answers. */
function connect(config: Config): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const options = requestOptions(config, "GET", "/internal/query");
    const request = http.request({ ...options, headers: { connection: "Upgrade", upgrade: "neumann" } });
    request.on("upgrade", (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on("response", (response) => reject(new Error(`the node said ${response.statusCode}`)));
    request.on("error", (error) => reject(unreachable(config, error)));
    request.end();
  });
}

/** Counts the statements that go through. */
async function* counted(input: AsyncIterable<Buffer>, onLine: () => void): AsyncGenerator<Buffer> {
  let blank = true;
  for await (const chunk of input) {
    for (const byte of chunk) {
      if (byte === 10 && !blank) onLine();
      if (byte === 10) blank = true;
      else if (byte > 32) blank = false;
    }
    yield chunk;
  }
  if (!blank) onLine();
}

/** Sends standard input line by line and prints an answer a line; throws if anything was not done. */
export async function queryStream(config: Config): Promise<void> {
  const socket = await connect(config);
  let [sent, answered, failed] = [0, 0, 0];
  let lost = "";
  socket.on("error", (error) => (lost = error.message));
  const sending = pipeline(
    counted(process.stdin, () => (sent += 1)),
    socket,
    { end: true },
  ).catch((error: Error) => (lost ||= error.message));
  const answers = answerLines(socket);
  for await (const { text, ends, error } of answers) {
    if (ends) answered += 1;
    if (error) failed += 1;
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  // Standard input may never end: it matters only as long as there is someone to send it to.
  await Promise.race([sending, sleep(100)]);
  if (sent > answered) throw new Error(`lost the node: ${sent - answered} statements may or may not be done ${lost}`);
  if (failed > 0) throw new Error(`${failed} of ${answered} statements were not done`);
  if (process.stdin.readableEnded) return;
  throw new Error("lost the node before the input ended");
}

interface Piece {
  text: Buffer;
  ends: boolean;
  error: boolean;
}

/** Cuts answers at line ends without ever holding a long one whole. */
async function* answerLines(socket: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let start = Buffer.alloc(0);
  for await (const chunk of socket) {
    for (let at = 0; at < chunk.length;) {
      const newline = chunk.indexOf(10, at);
      const end = newline < 0 ? chunk.length : newline + 1;
      const text = chunk.subarray(at, end);
      if (start.length < 6) start = Buffer.concat([start, text.subarray(0, 6)]);
      yield { text, ends: newline >= 0, error: newline >= 0 && start.toString("latin1", 0, 6) === "ERROR " };
      if (newline >= 0) start = Buffer.alloc(0);
      at = end;
    }
  }
}

/** Carries out one statement and prints its answer as a table. */
export async function query(config: Config, text: string): Promise<void> {
  const statement = parseStatement(text);
  const socket = await connect(config);
  socket.end(`${text.replaceAll("\n", " ")}\n`);
  let answer = "";
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) answer = line;
  if (answer === "") throw new Error("lost the node: no answer");
  if (answer.startsWith("ERROR ")) throw new Error(answer.slice(6));
  if (statement.kind === "write") return void process.stdout.write(`${answer}\n`);
  if (statement.kind === "count") return void process.stdout.write(`count\n-----\n${answer}\n`);
  const rows = JSON.parse(answer) as Value[][];
  const head = statement.columns.join(" | ");
  const lines = rows.map((row) => row.map((value) => (value === null ? "NULL" : String(value))).join(" | "));
  process.stdout.write([head, "-".repeat(head.length), ...lines, `(${rows.length} rows)`, ""].join("\n"));
}
