import type { Command } from "commander";
import { InputError } from "../../model/mistakes";
import { query, queryContext } from "../commands/query";
import type { Node } from "../context";
import { runProcedure } from "../run/steps";
import type { Runner } from "./program";

interface QueryFlags {
  at: string;
}

const example = `
The copy is started alone on loopback beside the running database, takes no part in its cluster, archives nothing and is
thrown away: what is written to it is gone.

Examples:
  neumann-backup query --at 2026-11-23T10:30:00Z "SELECT COUNT(*) FROM orders"
  neumann-backup query --at end-of-log "SELECT k, v FROM orders" > orders.txt`;

/** The look back. */
export function addQueryCommand(program: Command, run: Runner, node: () => Promise<Node>): void {
  program
    .command("query <statement...>")
    .description("ask a scratch copy what the database held at a time: for the table that was dropped")
    .requiredOption("--at <when>", "a time in UTC, or any restore point")
    .addHelpText("after", example)
    .action((statements: string[], { at }: QueryFlags) =>
      run("query", async (reporter) => {
        const context = queryContext(await node(), restorePointOf(at), lines(statements));
        await runProcedure(query, context, reporter);
        const { material, index, answer = "" } = context;
        const { backupId } = material?.plan.source ?? {};
        const result = { restorePoint: context.restorePoint, backupId, index, answer };
        return { result, text: answer.trimEnd() };
      }),
    );
}

/** A bare time is the usual case. */
function restorePointOf(at: string): string {
  return /^\d{4}-/.test(at) ? `time:${at}` : at;
}

/** The database takes a statement a line. */
function lines(statements: readonly string[]): string {
  const mistakes = statements.flatMap((received) => {
    const problem =
      received.trim() === "" ? "is empty" : received.includes("\n") ? "has more than one line" : undefined;
    const remedy = 'Write each statement as one argument on one line, such as "SELECT COUNT(*) FROM orders".';
    return problem === undefined ? [] : [{ path: "statement", problem, received, remedy }];
  });
  if (mistakes.length > 0) throw new InputError("Nothing can be asked", mistakes);
  return `${statements.join("\n")}\n`;
}
