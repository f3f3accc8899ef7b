import type { BucketSettings } from "../archive";
import type { S3Http } from "./http";
import { type Patience, retrying, Transient } from "./retry";
import { elements, text } from "./xml";

/** What a bucket says of itself. */
export function bucketSettings(http: S3Http, patience: Patience): BucketSettings {
  const ask = (what: string): Promise<string | undefined> =>
    retrying(patience, async () => {
      const response = await http.send({ method: "GET", query: { [what]: "" } });
      if (response.status === 404) return undefined; // Never configured.
      if (response.status !== 200) throw new Transient(`GET ?${what} was answered with ${response.status}.`);
      return http.read(response);
    });
  return {
    async versioning() {
      const status = text((await ask("versioning")) ?? "", "Status");
      if (status === "Enabled") return "on";
      return status === "Suspended" ? "suspended" : "off";
    },
    async lock() {
      const xml = await ask("object-lock");
      if (xml === undefined || text(xml, "ObjectLockEnabled") !== "Enabled") return null;
      const [rule] = elements(xml, "DefaultRetention");
      const days = rule === undefined ? Number.NaN : daysOf(rule);
      if (rule === undefined || Number.isNaN(days)) return { byDefault: null };
      return { byDefault: { mode: (text(rule, "Mode") ?? "").toLowerCase(), days } };
    },
  };
}

function daysOf(rule: string): number {
  const years = text(rule, "Years");
  return years === undefined ? Number(text(rule, "Days")) : Number(years) * 365;
}
