import * as fc from "fast-check";
import { nearest } from "../../../src/config/nearest.ts";
import { describeFound } from "../../../src/config/problem.ts";
import { formatDuration, isLoopback, parseDuration, parseListen, parseSecretRef } from "../../../src/config/values.ts";

describe("durations", () => {
  it.each([
    ["250ms", 250],
    ["5s", 5_000],
    ["90s", 90_000],
    ["15m", 900_000],
    ["4h", 14_400_000],
    ["30d", 2_592_000_000],
    ["0s", 0],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "5", "5 s", "-5s", "1.5h", "5S", "5sec", "5s ", "1e3s", "99999999d", "٣s", "1h30m"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("print in the shortest form that reads back as the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_650 * 86_400_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});

describe("where to listen", () => {
  it.each([
    ["127.0.0.1:4400", { host: "127.0.0.1", port: 4400 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    ["[::1]:4400", { host: "::1", port: 4400 }],
    ["0.0.0.0:65535", { host: "0.0.0.0", port: 65535 }],
  ])("%s", (text, listen) => {
    expect(parseListen(text)).toEqual(listen);
  });

  it.each(["4400", ":4400", "::1:4400", "host:65536", "host:", "[zz]:1", "http://host:1", "host:1/x", "a b:1"])(
    "%j is no address",
    (text) => {
      expect(parseListen(text)).toBeNull();
    },
  );

  it.each([
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["localhost", true],
    ["::1", true],
    ["[::1]", true],
    ["0.0.0.0", false],
    ["127.0.0.1.example.com", false],
    ["10.0.0.1", false],
  ])("%s only this machine: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe("references to secrets", () => {
  it.each([
    ["env:OKTA_TOKEN", { from: "env", name: "OKTA_TOKEN" }],
    ["file:/run/secrets/okta token", { from: "file", name: "/run/secrets/okta token" }],
    ["sealed:okta.token-1", { from: "sealed", name: "okta.token-1" }],
  ])("%s", (text, ref) => {
    expect(parseSecretRef(text)).toEqual(ref);
  });

  it.each(["", "env:", "env:A-B", "env:1A", "file:", "file: x", "sealed:a/b", "vault:x", "ENV:X", "plain"])(
    "%j is none",
    (text) => {
      expect(parseSecretRef(text)).toBeNull();
    },
  );
});

describe("the nearest known word", () => {
  it.each([
    ["organisation", "organization"],
    ["polcy", "policy"],
    ["trustedproxies", "trustedProxies"],
    ["moed", "mode"],
    ["color", null],
    ["", null],
  ])("of %s is %s", (word, expected) => {
    expect(nearest(word, ["organization", "policy", "trustedProxies", "mode", "sources"])).toBe(expected);
  });

  it("is the word itself when it is known", () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, (known) => {
        expect(nearest(known[0] ?? "", known)).toBe(known[0]);
      }),
    );
  });
});

describe("I15 what was found", () => {
  it.each([
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "postgresql://u:hunter2@db",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
  ])("T12 never repeats what looks like a secret: %s", (text) => {
    expect(describeFound(text)).toBe(`a text of ${text.length} characters`);
  });

  it.each(["observe", "127.0.0.1", "4 hours", "gateway-keys-production", "https://gw.example.com"])(
    "repeats %s",
    (text) => {
      expect(describeFound(text)).toBe(JSON.stringify(text));
    },
  );
});
