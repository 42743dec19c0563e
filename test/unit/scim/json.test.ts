import * as fc from "fast-check";
import type { Json } from "../../../src/scim/json.ts";
import { equalJson, fromPlain, parseJson, toPlain } from "../../../src/scim/json.ts";
import { listVectors, readVector } from "../../support/vectors.ts";

const parse = (text: string): Json => parseJson(Buffer.from(text));
const refusal = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("parseJson", () => {
  // The suite allows these; we refuse a key that occurs twice, and text that PostgreSQL cannot store.
  const stricter = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
  const unstorable = ["y_object_escaped_null_in_key.json", "y_string_null_escape.json"];
  const suite = listVectors("jsontestsuite", "test_parsing");

  it.each(suite.filter((name) => name.startsWith("y_")))("JSONTestSuite %s", (name) => {
    const bytes = readVector("jsontestsuite", "test_parsing", name);
    if ([...stricter, ...unstorable].includes(name)) {
      expect(refusal(() => parseJson(bytes))).toMatchObject({ code: "invalidSyntax" });
    } else {
      expect(JSON.stringify(toPlain(parseJson(bytes)))).toBe(
        JSON.stringify(JSON.parse(Buffer.from(bytes).toString("utf8"))),
      );
    }
  });

  it.each(suite.filter((name) => name.startsWith("n_")))("JSONTestSuite %s", (name) => {
    const bytes = readVector("jsontestsuite", "test_parsing", name);
    expect(refusal(() => parseJson(bytes))).toMatchObject({ code: "invalidSyntax" });
  });

  it("agrees with JSON.parse on every value it accepts", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const expected: unknown = JSON.parse(text);
        let parsed: Json;
        try {
          parsed = parse(text);
        } catch {
          return;
        }
        expect(equalJson(parsed, fromPlain(expected))).toBe(true);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it.each([
    { name: "33 levels of lists", text: "[".repeat(33) + "]".repeat(33) },
    { name: "200,000 opening brackets", text: "[".repeat(200_000) },
    { name: "33 levels of objects", text: '{"a":'.repeat(33) + "1" + "}".repeat(33) },
    { name: "2,001 keys", text: `{${Array.from({ length: 2_001 }, (_, at) => `"k${at}":1`).join(",")}}` },
    { name: "a key twice", text: '{"active":true,"active":false}' },
    { name: "a key twice, one escaped", text: '{"active":true,"\\u0061ctive":false}' },
    { name: "NUL in a value", text: '{"a":"\\u0000"}' },
    { name: "half a surrogate pair", text: '{"a":"\\ud800"}' },
    { name: "an infinite number", text: '{"a":1e999}' },
    { name: "text after the value", text: "{} {}" },
    { name: "nothing", text: "" },
  ])("T17 refuses $name", ({ text }) => {
    expect(refusal(() => parse(text))).toMatchObject({ code: "invalidSyntax", status: 400 });
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(refusal(() => parseJson(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)))).toMatchObject({ code: "invalidSyntax" });
  });

  it.each(["[".repeat(32) + "]".repeat(32), `{${Array.from({ length: 2_000 }, (_, at) => `"k${at}":1`).join(",")}}`])(
    "accepts what is just within the limits",
    (text) => {
      expect(() => parse(text)).not.toThrow();
    },
  );

  it("ignores a byte order mark, as RFC 8259 section 8.1 allows", () => {
    expect(toPlain(parse("\ufeff[1]"))).toEqual([1]);
  });

  it("T15 keeps a __proto__ key as data", () => {
    const parsed = parse('{"__proto__":{"polluted":true}}');

    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(JSON.stringify(toPlain(parsed))).toBe('{"__proto__":{"polluted":true}}');
  });
});
