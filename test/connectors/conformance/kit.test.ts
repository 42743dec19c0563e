import { checks, faultsOf, runCheck } from "../../../connectors/testkit/conformance/index.ts";
import type { ConformanceSubject } from "../../../connectors/testkit/conformance/index.ts";
import { secretsIn, spellingsOf } from "../../../connectors/testkit/conformance/spellings.ts";
import { withoutChance } from "../../../connectors/testkit/conformance/traces.ts";
import { bothOf } from "../../../connectors/testkit/conformance/vocabulary.ts";
import { withoutEffect } from "../../../connectors/testkit/faults/index.ts";
import type { Call } from "../../../connectors/testkit/faults/index.ts";
import { FaultSchedule } from "../../../connectors/testkit/faults/schedule.ts";
import { toySubject } from "./toy/world.ts";

describe("a check", () => {
  const run = (number: number, subject: Partial<ConformanceSubject>) => {
    const check = checks.find((one) => one.number === number);
    if (check === undefined) throw new Error(`there is no check ${number}`);
    return runCheck({ ...toySubject, ...subject }, check);
  };
  const { rotate: _, ...plain } = toySubject.connector.kinds["shared-key"] ?? {};
  const withoutRotation = { ...toySubject.connector, kinds: { plain } } as ConformanceSubject["connector"];

  it.each([
    { number: 19, why: "freeze is there, and so it applies" },
    { number: 4, why: "it applies to every target there is" },
    { number: 13, why: "because" },
  ])("$number cannot be declared as not applicable by saying: $why", async ({ number, why }) => {
    expect(await run(number, { notApplicable: { [number]: why } })).toMatchObject({ kind: "failed" });
  });

  it("that may be declared is, with the reason", async () => {
    const reason = "nothing here is listed by pages";

    expect(await run(3, { notApplicable: { 3: reason } })).toEqual({ kind: "not-applicable", reason });
  });

  it("is spared by the manifest, with the reason", async () => {
    const result = await run(18, { connector: withoutRotation });

    expect(result).toEqual({ kind: "not-applicable", reason: "no kind of access is rotated" });
  });

  it("that throws has failed, and says where", async () => {
    const openWorld = async () => Promise.reject(new Error("no world today"));

    expect(await run(4, { openWorld })).toMatchObject({
      kind: "failed",
      reasons: [expect.stringContaining("no world today")],
    });
  });

  it("has a number of its own, from 1 to 20", () => {
    expect(checks.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });
});

describe("T46 the search for secrets", () => {
  const secret = 'canary/+"value"-ö-1234567890';

  it.each([
    { name: "raw", text: (value: string) => value },
    { name: "JSON", text: (value: string) => JSON.stringify({ value }) },
    { name: "JSON in JSON", text: (value: string) => JSON.stringify({ value: JSON.stringify({ value }) }) },
    { name: "a URL", text: (value: string) => `https://example.com/?key=${encodeURIComponent(value)}&more` },
    { name: "a form", text: (value: string) => new URLSearchParams({ value, more: "x" }).toString() },
    { name: "base64", text: (value: string) => Buffer.from(value).toString("base64") },
    { name: "base64 after a user name", text: (value: string) => Buffer.from(`robin:${value}`).toString("base64") },
    { name: "base64url in a longer text", text: (value: string) => Buffer.from(`x${value}!`).toString("base64url") },
    { name: "hex", text: (value: string) => Buffer.from(value).toString("hex") },
  ])("finds one in $name", ({ text }) => {
    expect(secretsIn(`before ${text(secret)} after`, ["another-secret", secret])).toEqual(["can..."]);
  });

  it("finds none in ordinary text", () => {
    expect(secretsIn("an API key of the leaver was deleted", [secret, "another-secret"])).toEqual([]);
    expect(spellingsOf(secret).every(({ length }) => length >= 8)).toBe(true);
  });
});

describe("faults over several fakes", () => {
  const call = (method: string): Call => ({
    door: "api",
    method,
    path: "/",
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.alloc(0),
  });

  it("count their calls over all of them", () => {
    const [one, other] = [new FaultSchedule(), new FaultSchedule()];
    const faults = faultsOf(one, other);
    const withdraw = faults.add({ on: { method: "GET" }, nth: 2, times: 2, fault: withoutEffect() });

    const fired = [one, other, one, other, one].map((fake) => fake.take(call("GET"), []).length);

    expect(fired).toEqual([0, 1, 1, 0, 0]);
    expect(faults.unfired()).toEqual([]);
    faults.add({ on: { method: "PUT" }, fault: withoutEffect() });
    expect(faults.unfired()).toEqual(["without-effect"]);
    withdraw();
  });

  it("meet calls that two matchers mean", () => {
    const both = bothOf({ method: "GET", when: ({ path }) => path === "/" }, { door: "api" });

    expect(both).toMatchObject({ method: "GET", door: "api" });
    expect(both.when?.(call("GET"))).toBe(true);
    expect(() => bothOf({ path: /a/ }, { path: /b/ })).toThrow("path");
  });
});

it("a state without chance keeps what a connector could have caused", () => {
  const state = (id: string, at: string) => JSON.stringify({ id, at, policies: ["deny-all"], enabled: true });

  const [one, other] = [
    state("0b9e5c1e-8c0a-4d53-9a55-0c9f8d3c1a11", "2026-11-24T10:00:00Z"),
    state("7c9e5c1e-8c0a-4d53-9a55-0c9f8d3c1a22", "2026-11-24T11:00:00.123Z"),
  ];

  expect(withoutChance(one)).toBe(withoutChance(other));
  expect(withoutChance(one)).toContain("deny-all");
});
