import fs from "node:fs";
import { readServerFlags } from "./config";
import type { Logger } from "./core";
import { messageOf } from "./files";
import { startHttp } from "./http";
import { lock } from "./lock";
import { startNode } from "./node";

const levels = ["debug", "info", "warn", "error"];

function logger(least: string): Logger {
  const from = Math.max(levels.indexOf(least), 0);
  return (level, text) => {
    if (levels.indexOf(level) >= from) process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`);
  };
}

function fail(error: unknown): never {
  process.stderr.write(`neumann: ${messageOf(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = readServerFlags(process.argv.slice(2));
  fs.mkdirSync(config.dataDirectory, { recursive: true });
  await lock(config.dataDirectory);
  const node = await startNode(config, logger(config.logLevel), fail);
  const closeHttp = await startHttp(node);
  const stop = () => {
    // What is not written out within a second is in the log anyway.
    setTimeout(() => process.exit(0), 900).unref();
    closeHttp();
    node.close().then(() => process.exit(0), fail);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch(fail);
