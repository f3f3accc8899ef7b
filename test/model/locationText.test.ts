import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locationText, parseLocation } from "../../model/locationText";
import { Mistakes } from "../../model/mistakes";
import type { ArchiveLocation } from "../../model/reference";

const text = fc.string({ minLength: 1 });
const bucket = fc
  .record(
    {
      kind: fc.constant("s3" as const),
      bucket: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,20}$/),
      prefix: fc.stringMatching(/^[a-z0-9]+(\/[a-z0-9+%&=_-]+){0,2}$/),
      region: text,
      endpoint: text,
      forcePathStyle: fc.boolean(),
      encryption: fc.record({ kind: fc.constant("kms" as const), kmsKeyId: text }),
      credentials: fc.record({ file: text, profile: text }),
      caFile: text,
      objectLock: fc.record({ mode: fc.constant("governance" as const), days: fc.nat() }),
    },
    { requiredKeys: ["kind", "bucket", "region"] },
  )
  .map((location): ArchiveLocation => location);
const folder = fc.stringMatching(/^\/[ -~]{1,20}$/).filter((found) => !found.includes("://"));

describe("the text of a place", () => {
  it("is read as that place", () => {
    const places = fc.oneof(
      bucket,
      folder.map((location): ArchiveLocation => ({ kind: "directory", location })),
    );
    fc.assert(
      fc.property(places, (place) => {
        const mistakes = new Mistakes();
        expect(parseLocation(locationText(place), "place", mistakes)).toEqual(place);
        expect(mistakes.all).toEqual([]);
      }),
    );
  });

  it("holds no keys", () => {
    const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret", sessionToken: "also-secret" };
    const place: ArchiveLocation = { kind: "s3", bucket: "acme", region: "eu-west-1", credentials };
    expect(locationText(place)).toBe("s3://acme?region=eu-west-1");
  });
});
