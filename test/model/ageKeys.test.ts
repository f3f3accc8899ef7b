import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRecipients, holdsIdentity, isIdentity, isRecipient, recipientOf } from "../../model/ageKeys";
import { InputError, Mistakes, show } from "../../model/mistakes";
import { agePairs } from "./fixtures";

const [first, second] = agePairs;
const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function mistakesOf(recipients: unknown): string {
  const mistakes = new Mistakes();
  checkRecipients(recipients, "policy.encryption.recipients", mistakes);
  return mistakes.all.length === 0 ? "" : new InputError("The policy cannot be used", mistakes.all).message;
}

describe("keys of age", () => {
  it("knows what age-keygen prints, and which recipient an identity opens", () => {
    for (const { recipient, identity } of agePairs) {
      expect(isRecipient(recipient)).toBe(true);
      expect(isIdentity(identity)).toBe(true);
      expect(recipientOf(identity)).toBe(recipient);
      expect(isRecipient(identity) || isIdentity(recipient)).toBe(false);
    }
  });

  it("refuses every text that differs in one letter, or has one more or less", () => {
    const at = fc.integer({ min: "age1".length, max: first.recipient.length - 1 });
    fc.assert(
      fc.property(at, fc.constantFrom(...letters), (position, letter) => {
        const [before, after] = [first.recipient.slice(0, position), first.recipient.slice(position + 1)];
        expect(isRecipient(before + letter + after)).toBe(letter === first.recipient[position]);
        expect(isRecipient(before + after)).toBe(false);
        expect(isRecipient(before + letter + first.recipient.slice(position))).toBe(false);
      }),
    );
    for (const other of ["", "age1", first.recipient.toUpperCase(), ` ${first.recipient}`, 7, null, undefined]) {
      expect(isRecipient(other)).toBe(false);
    }
    expect(isIdentity(first.identity.toLowerCase())).toBe(false);
  });

  it("says nothing of a value that is no identity", () => {
    expect(() => recipientOf(`${first.identity}x`)).toThrow(/^not an age identity$/);
  });
});

describe("recipients of a policy", () => {
  it("takes none, one and many", () => {
    expect(mistakesOf([])).toBe("");
    expect(mistakesOf([first.recipient, second.recipient])).toBe("");
  });

  it("names every mistake", () => {
    const wrong = `${first.recipient.slice(0, -1)}${first.recipient.endsWith("q") ? "p" : "q"}`;
    expect(mistakesOf(first.recipient)).toContain("policy.encryption.recipients: must be a list of age recipients");
    const message = mistakesOf([wrong, "ssh-ed25519 AAAA", second.recipient, second.recipient, 5]);
    expect(message).toContain("4 mistakes");
    expect(message).toContain(
      `policy.encryption.recipients[0]: is no X25519 recipient of age, or a letter of it is wrong (received "${wrong}"). Copy the line that \`age-keygen -y FILE\` prints: 62 characters that begin with age1.`,
    );
    expect(message).toContain("recipients[1]: is no X25519 recipient");
    expect(message).toContain("recipients[3]: is named twice");
    expect(message).toContain("recipients[4]: is no X25519 recipient");
  });

  it("refuses an identity, whole or not, wherever it stands, and never repeats it", () => {
    const secret = first.identity.slice("AGE-SECRET-KEY-1".length);
    const given = [
      [first.identity],
      first.identity,
      [first.identity.toLowerCase()],
      [` ${first.identity}\n`],
      [[first.identity]],
      [{ key: first.identity }],
      [first.identity.slice(0, 50)],
    ];
    for (const recipients of given) {
      const message = mistakesOf(recipients);
      expect(message).toContain("(not shown)");
      expect(message.toUpperCase()).not.toContain(secret.slice(0, 20));
    }
    expect(mistakesOf([first.identity])).toContain(
      "policy.encryption.recipients[0]: is an identity, which opens every backup",
    );
    expect(holdsIdentity(first.recipient)).toBe(false);
  });

  it("shows an identity in no other message", () => {
    expect(show({ restorePoint: first.identity })).toBe('"(not shown)"');
  });
});
