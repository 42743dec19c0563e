import * as fc from "fast-check";
import { CodedError } from "../../../src/domain/error.ts";
import { createLog, escapeText } from "../../../src/telemetry/index.ts";
import type { LogOptions } from "../../../src/telemetry/index.ts";

async function linesOf(
  act: (log: ReturnType<typeof createLog>) => void,
  options: Partial<LogOptions> = {},
): Promise<string[]> {
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    format: "json",
    redact: (text) => text,
    write: (line) => lines.push(line),
    clock: () => new Date("2026-11-22T03:00:00Z"),
    ...options,
  });
  act(log);
  await new Promise((resolve) => setImmediate(resolve));
  return lines;
}

describe("one line", () => {
  it("is JSON with a constant message and structured fields", async () => {
    const lines = await linesOf((log) => log.info("step ended", { caseId: "c1", durationMs: 12, at: new Date(0) }));

    expect(lines).toHaveLength(1);
    expect(lines[0]).toBe(
      '{"time":"2026-11-22T03:00:00.000Z","level":"info","message":"step ended","caseId":"c1","durationMs":12,' +
        '"at":"1970-01-01T00:00:00.000Z"}\n',
    );
  });

  it("carries the fields of the log it came from, the nearest first", async () => {
    const lines = await linesOf(
      (log) => log.with({ target: "gw", attempt: 1 }).with({ attempt: 2 }).warn("step waits"),
      { fields: { process: "worker" } },
    );

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ process: "worker", target: "gw", attempt: 2, level: "warn" });
  });

  it("keeps its own time, level and message whatever the fields are called", async () => {
    const lines = await linesOf((log) =>
      log.info("notice received", { message: "forged", level: "error", time: "never", stack: "x", cause: "y" }),
    );

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      message: "notice received",
      level: "info",
      time: "2026-11-22T03:00:00.000Z",
      message_: "forged",
      level_: "error",
      time_: "never",
    });
  });

  it("leaves out levels below the one configured", async () => {
    const lines = await linesOf(
      (log) => {
        log.debug("a");
        log.info("b");
        log.warn("c");
        log.error("d");
      },
      { level: "warn" },
    );

    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["c", "d"]);
  });

  it("is readable at a terminal", async () => {
    const lines = await linesOf((log) => log.info("ready", { url: "http://127.0.0.1:4400", parts: ["api"] }), {
      format: "pretty",
    });

    expect(lines).toEqual(['03:00:00.000 info  ready url=http://127.0.0.1:4400 parts=["api"]\n']);
  });
});

describe("values", () => {
  const circular: Record<string, unknown> = { name: "loop" };
  circular["self"] = circular;
  it.each([
    {
      name: "an error is its code and message, never its stack",
      value: new CodedError("rate-limited", "paused", { cause: new TypeError("inner") }),
      expected: { code: "rate-limited", message: "paused", cause: { code: "TypeError", message: "inner" } },
    },
    { name: "a circle", value: circular, expected: { name: "loop", self: "[circular]" } },
    { name: "bytes", value: new Uint8Array(9), expected: "[9 bytes]" },
    { name: "a function", value: () => 1, expected: "[function]" },
    { name: "a bigint", value: 12n, expected: "12" },
    { name: "an invalid date", value: new Date(Number.NaN), expected: "[invalid date]" },
    {
      name: "something that hides itself",
      value: { toJSON: () => "[redacted]", secret: "s3cret" },
      expected: "[redacted]",
    },
    {
      name: "too deep",
      value: { a: { b: { c: { d: { e: { f: 1 } } } } } },
      expected: { a: { b: { c: { d: { e: "[too deep]" } } } } },
    },
  ])("$name", async ({ value, expected }) => {
    const lines = await linesOf((log) => log.info("seen", { value }));

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ value: expected });
  });

  it("are capped, one by one and as a line", async () => {
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`key${index}`, "y".repeat(1_900)]));
    const lines = await linesOf((log) => {
      log.info("long", { text: "x".repeat(10_000), list: Array.from({ length: 500 }, () => 1) });
      log.info("huge", many);
    });

    expect(lines[0]).toContain("[8000 more]");
    expect(lines[0]).toContain("[400 more]");
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ message: "huge", truncated: true });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(17_000);
  });

  it("that cannot be read cost the line its fields, never the caller its work", async () => {
    const hostile = {
      get name(): string {
        throw new Error("no");
      },
    };
    const lines = await linesOf((log) => log.error("failed", { hostile }));

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "failed", unprintable: true });
  });
});

describe("T31 log injection", () => {
  it.each([
    { name: "a forged line", text: 'x\r\n{"level":"info","message":"forged"}' },
    { name: "a terminal sequence", text: "\u001b[2J\u001b[1;31mred" },
    { name: "an 8-bit terminal sequence", text: "\u009b31m" },
    { name: "reversed text", text: "\u202egpj.exe" },
    { name: "isolates", text: "\u2066x\u2069" },
    { name: "a line separator", text: "a\u2028b\u2029c" },
    { name: "nothing to see", text: "a\u200bb\ufeffc" },
    { name: "half a character", text: "\ud83d" },
  ])("$name stays visible in its own line", async ({ text }) => {
    for (const format of ["json", "pretty"] as const) {
      const lines = await linesOf((log) => log.info(text, { [text]: { text } }), { format });

      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^[\u0020-\u007e]+\n$/);
    }
  });

  it("holds for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe("I15 the redactor", () => {
  it.each(["json", "pretty"] as const)("T12 has the last word over a finished %s line", async (format) => {
    const redact = (text: string): string => text.replaceAll("s3cret", "[redacted]");
    const lines = await linesOf(
      (log) => log.with({ header: "Bearer s3cret" }).error("s3cret", { error: new Error("bad token s3cret") }),
      { format, redact },
    );

    expect(lines.join("")).not.toContain("s3cret");
    expect(lines.join("").match(/\[redacted\]/g)).toHaveLength(3);
  });
});
