/** The agent's program as bytes, made from the sources as they are now. */
export function agentProgram(version: string): Buffer;
/** What `archive_command` starts, likewise. */
export function walPushProgram(): Buffer;
