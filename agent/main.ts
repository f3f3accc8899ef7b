import { runCommandLine } from "./cli/program";
import { endWith } from "./run/errors";
import { listenForSignals } from "./run/interrupt";

listenForSignals();
endWith(runCommandLine(process.argv));
