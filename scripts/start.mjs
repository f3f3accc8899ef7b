// `npm start`: a cluster protected, lost and recovered on this machine. Ties the rehearsal to the lab's nodes and tools.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { runDemo } = require("../lab/demo/main.js");
const { runExercise } = require("../rehearsal/exercise.js");
const { progressOn } = require("../cli/progress.js");
const { summarize } = require("../rehearsal/summary.js");

process.exit(await runDemo(process.argv.slice(2), { root, runExercise, progressOn, summarize }));
