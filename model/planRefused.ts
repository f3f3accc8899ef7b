/** Why there is no plan: what was asked, what is there, what to do. */
export class PlanRefused extends Error {
  override readonly name = "PlanRefused";
}
