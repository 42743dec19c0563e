import * as fc from "fast-check";
import { canonicalBytes, parseStrict } from "../../../src/certificate/json.ts";
import { codeThrownBy } from "../../support/codes.ts";
import { listVectors, readJsonVector, readVector } from "../../support/vectors.ts";

const limits = { maxBytes: 1 << 20, maxDepth: 16 };
const gate = (bytes: Uint8Array) => parseStrict(bytes, limits, "test");
const utf8 = (text: string) => new TextEncoder().encode(text);
const codeFor = (bytes: Uint8Array) => codeThrownBy(() => gate(bytes));

describe("the strict gate", () => {
  it.each([
    { name: "a duplicate key", text: '{"a":1,"a":1}', code: "json-not-canonical" },
    { name: "an escaped twin of a key", text: '{"a":1,"\\u0061":2}', code: "json-not-canonical" },
    { name: "keys in another order", text: '{"b":1,"a":1}', code: "json-not-canonical" },
    { name: "whitespace", text: '{"a": 1}', code: "json-not-canonical" },
    { name: "a trailing line feed", text: '{"a":1}\n', code: "json-not-canonical" },
    { name: "a needless escape", text: '"\\u0041"', code: "json-not-canonical" },
    { name: "an escaped slash", text: '"\\/"', code: "json-not-canonical" },
    { name: "negative zero", text: "-0", code: "json-not-canonical" },
    { name: "an exponent", text: "1e3", code: "json-not-canonical" },
    { name: "an integer with a fraction of zero", text: "1.0", code: "json-not-canonical" },
    { name: "a float", text: "1.5", code: "number-not-safe" },
    { name: "2^53 + 1", text: "9007199254740993", code: "number-not-safe" },
    { name: "a number that overflows", text: "1e400", code: "number-not-safe" },
    { name: "trailing data", text: '{"a":1}{"a":1}', code: "json-malformed" },
    { name: "a byte order mark", text: "\ufeff{}", code: "json-malformed" },
    { name: "NaN", text: "NaN", code: "json-malformed" },
    { name: "nothing", text: "", code: "json-malformed" },
    { name: "an escaped lone surrogate", text: '"\\ud800"', code: "text-malformed" },
    { name: "a lone surrogate in a key", text: '{"\\udc00":1}', code: "text-malformed" },
    { name: "an escaped NUL", text: '"\\u0000"', code: "text-malformed" },
    { name: "__proto__", text: '{"__proto__":{}}', code: "member-forbidden" },
    { name: "constructor, deep", text: '{"a":[{"constructor":1}]}', code: "member-forbidden" },
    { name: "too deep", text: "[".repeat(17) + "]".repeat(17), code: "too-deep" },
    { name: "too large", text: `"${"a".repeat(1 << 20)}"`, code: "too-large" },
  ])("refuses $name", ({ text, code }) => {
    expect(codeFor(utf8(text))).toBe(code);
  });

  it.each([
    { name: "a stray continuation byte", bytes: [0x22, 0x80, 0x22] },
    { name: "an overlong slash", bytes: [0x22, 0xc0, 0xaf, 0x22] },
    { name: "an encoded surrogate", bytes: [0x22, 0xed, 0xa0, 0x80, 0x22] },
    { name: "a cut sequence", bytes: [0x22, 0xe2, 0x82, 0x22] },
    { name: "UTF-16", bytes: [0xff, 0xfe, 0x22, 0x00] },
  ])("refuses $name", ({ bytes }) => {
    expect(codeFor(Uint8Array.from(bytes))).toBe("utf8-invalid");
  });

  it.each([
    { name: "brackets inside text do not count as depth", text: `"${"[".repeat(50)}"` },
    { name: "an escaped quote does not end a text", text: `"\\"${"{".repeat(50)}"` },
    { name: "the largest safe integer", text: "9007199254740991" },
    { name: "the deepest nesting that is allowed", text: "[".repeat(16) + "]".repeat(16) },
    { name: "text outside the basic plane", text: '{"\u{1f600}":"\u{1f511}"}' },
  ])("accepts $name", ({ text }) => {
    expect(gate(utf8(text))).toEqual(JSON.parse(text));
  });

  it("does not let a parsed __proto__ through under another spelling", () => {
    expect(codeFor(utf8('{"\\u005f_proto__":{"polluted":1}}'))).toBe("member-forbidden");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("JSONTestSuite", () => {
  const suite = listVectors("jsontestsuite", "test_parsing");
  const made = [
    { name: "n_structure_100000_opening_arrays.json", bytes: utf8("[".repeat(100_000)) },
    { name: "n_structure_open_array_object.json", bytes: utf8(`${'[{"":'.repeat(50_000)}\n`) },
  ];
  const files = [...suite.map((name) => ({ name, bytes: readVector("jsontestsuite", "test_parsing", name) })), ...made];
  const group = (prefix: string) => files.filter(({ name }) => name.startsWith(prefix));

  it("refuses all 188 malformed texts", () => {
    const accepted = group("n_").filter(({ bytes }) => codeFor(bytes) === "nothing");

    expect(group("n_")).toHaveLength(188);
    expect(accepted.map(({ name }) => name)).toEqual([]);
  });

  it("accepts of the others exactly those that are already canonical and within the rules", () => {
    const accepted = [...group("y_"), ...group("i_")].filter(({ bytes }) => codeFor(bytes) === "nothing");

    expect(accepted.map(({ name }) => name)).toEqual(canonicalInSuite);
  });
});

describe("RFC 8785", () => {
  it.each(listVectors("rfc8785-jcs", "testdata", "output"))("accepts %s when its numbers are integers", (name) => {
    const output = readVector("rfc8785-jcs", "testdata", "output", name);

    expect(codeFor(output)).toBe(name === "values.json" ? "number-not-safe" : "nothing");
  });

  it.each(["arrays.json", "french.json", "structures.json"])("canonicalises %s to the published bytes", (name) => {
    const input = readJsonVector("rfc8785-jcs", "testdata", "input", name);

    const bytes = canonicalBytes(input);

    expect(Buffer.from(bytes)).toEqual(Buffer.from(readVector("rfc8785-jcs", "testdata", "output", name)));
  });

  it("spells numbers as appendix B does, or refuses those that are not safe integers", () => {
    const numbers = readJsonVector("rfc8785-numbers", "appendix-b.json") as { ieee754: string; json: string }[];
    for (const { ieee754, json } of numbers) {
      const number = Buffer.from(ieee754, "hex").readDoubleBE();
      if (Number.isSafeInteger(number)) expect(Buffer.from(canonicalBytes(number)).toString()).toBe(json);
      else expect(codeThrownBy(() => canonicalBytes(number))).toBe("number-not-safe");
    }
  });
});

describe("canonicalBytes", () => {
  it.each([
    { name: "undefined in an object", value: { a: undefined } },
    { name: "a date", value: { at: new Date(0) } },
    { name: "a value with toJSON", value: { toJSON: () => "other" } },
    { name: "a map", value: new Map([["a", 1]]) },
    { name: "a function", value: () => 1 },
    { name: "a bigint", value: 1n },
  ])("refuses $name instead of changing it silently", ({ value }) => {
    expect(codeThrownBy(() => canonicalBytes(value))).toBe("json-malformed");
  });

  it("and the gate agree on every value that has a form", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
    const name = text.filter((value) => !["__proto__", "constructor", "prototype"].includes(value));
    const leaf = fc.oneof(
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger().map((n) => n + 0),
      text,
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("value"), { maxLength: 4 }), tie("object")),
      object: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(value, (json) => {
        expect(canonicalBytes(gate(canonicalBytes(json)))).toEqual(canonicalBytes(json));
      }),
    );
  });
});

const canonicalInSuite = [
  "y_array_empty-string.json",
  "y_array_empty.json",
  "y_array_ending_with_newline.json",
  "y_array_false.json",
  "y_array_null.json",
  "y_array_with_several_null.json",
  "y_number_negative_int.json",
  "y_number_negative_one.json",
  "y_number_simple_int.json",
  "y_object_basic.json",
  "y_object_empty.json",
  "y_object_empty_key.json",
  "y_object_simple.json",
  "y_string_backslash_and_u_escaped_zero.json",
  "y_string_backslash_doublequotes.json",
  "y_string_comments.json",
  "y_string_double_escape_a.json",
  "y_string_double_escape_n.json",
  "y_string_escaped_control_character.json",
  "y_string_in_array.json",
  "y_string_nonCharacterInUTF-8_U+10FFFF.json",
  "y_string_nonCharacterInUTF-8_U+FFFF.json",
  "y_string_pi.json",
  "y_string_reservedCharacterInUTF-8_U+1BFFF.json",
  "y_string_simple_ascii.json",
  "y_string_space.json",
  "y_string_u+2028_line_sep.json",
  "y_string_u+2029_par_sep.json",
  "y_string_unescaped_char_delete.json",
  "y_string_unicode_2.json",
  "y_string_utf8.json",
  "y_string_with_del_character.json",
  "y_structure_lonely_false.json",
  "y_structure_lonely_int.json",
  "y_structure_lonely_null.json",
  "y_structure_lonely_string.json",
  "y_structure_lonely_true.json",
  "y_structure_string_empty.json",
  "y_structure_true_in_array.json",
];
