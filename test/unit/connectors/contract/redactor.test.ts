import { inspect } from "node:util";
import * as fc from "fast-check";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import { Secret } from "../../../../connectors/contract/secret.ts";

const spellings: readonly { name: string; spell: (secret: string) => string }[] = [
  { name: "raw", spell: (secret) => secret },
  { name: "in a sentence", spell: (secret) => `it is ${secret}, they say` },
  { name: "JSON", spell: (secret) => JSON.stringify({ key: secret }) },
  { name: "JSON in JSON", spell: (secret) => JSON.stringify({ line: JSON.stringify({ key: secret }) }) },
  { name: "URL", spell: (secret) => `https://x.example/?key=${encodeURIComponent(secret)}&a=b` },
  {
    name: "URL in lower case",
    spell: (secret) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  },
  { name: "form", spell: (secret) => new URLSearchParams({ key: secret }).toString() },
  { name: "base64", spell: (secret) => Buffer.from(secret).toString("base64") },
  { name: "base64url", spell: (secret) => Buffer.from(secret).toString("base64url") },
  { name: "basic credentials", spell: (secret) => `Basic ${Buffer.from(`leaver:${secret}`).toString("base64")}` },
  { name: "base64 of JSON", spell: (secret) => Buffer.from(`{"a":"${secret}","b":1}`).toString("base64") },
];

describe("T12 a secret", () => {
  const secrets = [
    "canary-plain-0123456789",
    'canary"with\\quotes/and slashes',
    "canary+with/base64==",
    "canäry-ünïcode-ключ",
    "canary\u0000control",
    "p@ss w%rd&more=yes",
    "😀 canary emoji",
  ];

  it.each(secrets.flatMap((secret) => spellings.map(({ name, spell }) => ({ secret, name, text: spell(secret) }))))(
    "$secret is found as $name",
    ({ secret, text }) => {
      const redactor = createRedactor();
      redactor.register(secret);

      const clean = redactor.redact(text);

      expect(clean).toContain("[redacted]");
      expect(clean).not.toContain(secret);
      expect(clean.length).toBeLessThan(text.length + "[redacted]".length);
    },
  );

  it("of any text is in no spelling of any text around it", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40 }),
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        (secret, before, after) => {
          fc.pre(!"[redacted]".includes(secret.slice(0, 4)));
          const redactor = createRedactor();
          redactor.register(new Secret(secret));
          const base64 = Buffer.from(before + secret + after).toString("base64");
          for (const text of [before + secret + after, JSON.stringify(before + secret + after), base64]) {
            expect(redactor.redact(text)).toContain("[redacted]");
          }
        },
      ),
    );
  });

  it("is found wherever it stands in a value", () => {
    const redactor = createRedactor();
    redactor.register("canary-0123456789");
    const cause = new Error("because of canary-0123456789");
    const error = Object.assign(new Error("failed with canary-0123456789", { cause }), { extra: "canary-0123456789" });
    const circular: Record<string, unknown> = { key: "canary-0123456789" };
    circular["self"] = circular;
    const value = {
      list: [{ deep: { deeper: "x canary-0123456789 x" } }],
      "canary-0123456789": 1,
      map: new Map([["canary-0123456789", new Set(["canary-0123456789"])]]),
      url: new URL("https://x.example/?k=canary-0123456789"),
      bytes: Buffer.from("canary-0123456789"),
      secret: new Secret("another one"),
      error,
      circular,
    };

    const clean = inspect(redactor.redact(value), { depth: 20 });

    expect(clean).not.toContain("canary");
    expect(clean).not.toContain("another one");
    expect(clean.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(10);
  });

  it("in several lines is found line by line, however the line breaks are spelled", () => {
    const pem =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEICanaryLine1\nSecondCanaryLineAAAA\n-----END PRIVATE KEY-----\n";
    const redactor = createRedactor();
    redactor.register(pem);

    const clean = redactor.redact(pem.replaceAll("\n", "\\u000a"));

    expect(clean).not.toMatch(/canary/i);
    expect(clean).toContain("-----BEGIN PRIVATE KEY-----");
  });

  it("within another secret is no less hidden than the longer one", () => {
    const redactor = createRedactor();
    redactor.register("canary");
    redactor.register("canary-and-more");

    expect(redactor.redact("canary-and-more canary")).toBe("[redacted] [redacted]");
  });

  it("prints nowhere by itself", () => {
    const secret = new Secret("canary");

    const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })];

    expect(printed.join()).not.toContain("canary");
  });
});

describe("a redactor", () => {
  it("leaves everything else as it is", () => {
    const redactor = createRedactor();
    redactor.register("canary-0123456789");
    const value = { at: new Date(0), list: [1, true, null, "text"], nested: { text: "can of beans" } };

    expect(redactor.redact(value)).toEqual(value);
    expect(redactor.redact("can of beans")).toBe("can of beans");
  });

  it("does not search for what is too short to be a secret", () => {
    const redactor = createRedactor();
    redactor.register("abc");
    redactor.register("");

    expect(redactor.redact("abc")).toBe("abc");
  });

  it("forgets the oldest of many seen values, and never what was registered for good", () => {
    const redactor = createRedactor();
    redactor.register("operators-own-secret");
    redactor.registerSeen("seen-first-of-all");
    redactor.registerSeen("seen-second-of-all");
    redactor.registerSeen("operators-own-secret");
    redactor.registerSeen("seen-first-of-all"); // seen again: young once more
    for (let index = 0; index < 9_999; index += 1) redactor.registerSeen(`another-seen-value-${index}`);

    expect(redactor.redact("operators-own-secret seen-first-of-all seen-second-of-all")).toBe(
      "[redacted] [redacted] seen-second-of-all",
    );
  });
});
