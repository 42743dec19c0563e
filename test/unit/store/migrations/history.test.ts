import type { Migration } from "../../../../src/store/migrations/folder.ts";
import { pendingMigrations, type AppliedRow } from "../../../../src/store/migrations/history.ts";

const migration = (name: string): Migration => ({ name, sql: `-- ${name}`, checksum: `sum of ${name}` });
const row = (name: string, more: Partial<AppliedRow> = {}): AppliedRow => ({
  name,
  checksum: `sum of ${name}`,
  finished: true,
  ...more,
});
const known = [migration("1_first"), migration("2_second"), migration("3_third")];

describe("pendingMigrations", () => {
  it.each([
    { name: "all of them for a new database", applied: [], pending: ["1_first", "2_second", "3_third"] },
    { name: "the rest for an older one", applied: [row("1_first")], pending: ["2_second", "3_third"] },
    { name: "none when up to date", applied: ["1_first", "2_second", "3_third"].map((n) => row(n)), pending: [] },
    { name: "one that was merged late, too", applied: [row("1_first"), row("3_third")], pending: ["2_second"] },
  ])("are $name", ({ applied, pending }) => {
    expect(pendingMigrations(known, applied).map(({ name }) => name)).toEqual(pending);
  });

  it.each([
    { code: "unfinished-migration", applied: [row("1_first", { finished: false })], names: "1_first" },
    { code: "unfinished-migration", applied: [row("1_first"), row("9_new", { finished: false })], names: "9_new" },
    { code: "changed-migration", applied: [row("1_first"), row("2_second", { checksum: "other" })], names: "2_second" },
    { code: "database-newer", applied: [row("1_first"), row("9_new")], names: "9_new" },
    { code: "foreign-database", applied: [row("7_shop"), row("8_cart")], names: "7_shop, 8_cart" },
  ])("I20 F22 refuse a history with $code, naming $names", ({ code, applied, names }) => {
    expect(() => pendingMigrations(known, applied)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(names) }),
    );
  });
});
