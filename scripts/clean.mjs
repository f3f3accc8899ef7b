// `npm run clean`: stops what `npm start` left running and removes its working folder.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { runClean } = require("../lab/demo/clean.js");

process.exit(await runClean(process.argv.slice(2), path.join(root, ".work")));
