import type { Command } from "commander";
import { InputError, Mistakes } from "../../model/mistakes";
import { parseRestorePoint } from "../../model/restorePoint";
import { query, queryContext } from "../commands/query";
import type { Node } from "../context";
import { runProcedure } from "../run/steps";
import { type IdentityFlag, identityOption, readIdentities } from "./identityFile";
import type { Runner } from "./program";

interface QueryFlags extends IdentityFlag {
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
    .addOption(identityOption())
    .addHelpText("after", example)
    .action((statements: string[], { at, identityFile }: QueryFlags) =>
      run("query", async (reporter) => {
        const { restorePoint, text } = checked(at, statements);
        const identities = await readIdentities(identityFile);
        const context = await queryContext({ node: await node(), restorePoint, statements: text, identities });
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

/** What to ask, and of which moment: all that is wrong with both is said before anything is looked at. */
function checked(at: string, statements: readonly string[]): { restorePoint: string; text: string } {
  const mistakes = new Mistakes();
  const restorePoint = restorePointOf(at);
  try {
    parseRestorePoint(restorePoint);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const { problem, remedy } of error.mistakes) mistakes.add("--at", problem, at, remedy);
  }
  for (const statement of statements) checkStatement(statement, mistakes);
  mistakes.throwIfAny("Nothing can be asked");
  return { restorePoint, text: `${statements.join("\n")}\n` };
}

/** The database takes a statement a line. */
function checkStatement(statement: string, mistakes: Mistakes): void {
  const remedy = 'Write each statement as one argument on one line, such as "SELECT COUNT(*) FROM orders".';
  if (statement.trim() === "") mistakes.add("statement", "is empty", statement, remedy);
  else if (/[\r\n]/.test(statement)) mistakes.add("statement", "has more than one line", statement, remedy);
}
