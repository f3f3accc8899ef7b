// `npm run clean`: stops what `npm start` left running and removes its working folder.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { cleanWork } = require("../lab/demo/workFolder.js");

const { killed, removed } = await cleanWork(path.join(root, ".work"));
const processes = killed.length === 1 ? "1 process" : `${killed.length} processes`;
process.stdout.write(removed ? `Removed .work; ${processes} ended.\n` : `Nothing to remove; ${processes} ended.\n`);
