import { resolve } from "../commands/plan";
import type { Procedure } from "../run/steps";
import { openPhase, readRestored, type RestoreContext } from "./context";

/** Only tells how far a recovery has come. */
export const restoreStatus: Procedure<RestoreContext> = {
  name: "restore-status",
  steps: [
    {
      name: "look",
      title: "look at the recovery's records",
      async run(context) {
        await openPhase(context);
        const { state } = await resolve({ ...context.spec.plan, approvedPlanDigest: undefined });
        Object.assign(context.result, await readRestored(context), { state });
      },
    },
  ],
};
