import { conformanceTable } from "../../../tools/conformance-table.ts";
import type { ConformanceResult } from "../../../tools/conformance-table.ts";

const names = ["aws-iam", "ci-secrets", "gateway-keys (AWS)", "gateway-keys (Kong)", "github", "toy", "zz-seventh"];

function resultsOf(subject: string): readonly ConformanceResult[] {
  return Array.from({ length: 19 }, (_, at) => ({
    subject,
    number: at + 1,
    name: "a check",
    result: { kind: "passed" },
  }));
}

describe("the table of conformance", () => {
  it("shows each result, and says why a check does not apply", () => {
    const reason = "no kind of access is rotated, and nothing else is either, which takes a long sentence to say";
    const results: readonly ConformanceResult[] = [
      ...resultsOf("toy").filter(({ number }) => number !== 18 && number !== 4),
      { subject: "toy", number: 4, name: "touches nobody else", result: { kind: "failed" } },
      { subject: "toy", number: 18, name: "rotation", result: { kind: "not-applicable", reason } },
    ];

    const lines = conformanceTable(results).split("\n");

    expect(lines.find((line) => line.startsWith(" 4"))).toMatch(/touches nobody else +FAIL$/);
    expect(lines.find((line) => line.startsWith("18"))).toMatch(/rotation +n\/a$/);
    expect(lines.find((line) => line.startsWith("20"))).toMatch(/-$/);
    expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(`18 n/a: ${reason} (toy)`);
  });

  it.each([1, 2, 6, 7])("stays within 80 columns with %d connectors", (count) => {
    const table = conformanceTable(names.slice(0, count).flatMap(resultsOf));

    expect(table.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(table.match(/^ 1 a check/gm)).toHaveLength(count > 6 ? 2 : 1);
  });
});
