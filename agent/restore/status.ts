import { parseStored } from "../archive/stored";
import { recoveryAcceptedSchema } from "../../model/records";
import { recoveryKey, resolve } from "../commands/plan";
import type { Procedure } from "../run/steps";
import { openPhase, readRestored, recordsOf, type RestoreContext } from "./context";

/** Only tells how far a recovery has come, with what its phases recorded. */
export const restoreStatus: Procedure<RestoreContext> = {
  name: "restore-status",
  steps: [
    {
      name: "look",
      title: "look at the recovery's records",
      async run(context) {
        await openPhase(context);
        const { state, plan } = await resolve({ ...context.spec.plan, approvedPlanDigest: undefined });
        const key = recoveryKey(context.spec.plan, "accepted");
        const text = await recordsOf(context).getText(key);
        const accepted = text === undefined ? {} : parseStored(recoveryAcceptedSchema, text, key);
        const bytes = state === "planned" || state === "pinned" ? undefined : plan.source.plainBytes;
        Object.assign(context.result, await readRestored(context), accepted, { state, bytes });
      },
    },
  ],
};
