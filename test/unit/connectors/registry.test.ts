import { access, readFile } from "node:fs/promises";
import type { Connector } from "../../../connectors/contract/connector.ts";
import { connectorById, connectors } from "../../../connectors/registry.ts";

/** The kinds in an order that ends each one after those it names in `after`; throws when there is none. */
function orderOf({ kinds }: Connector): string[] {
  const done: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) throw new Error(`circle: ${[...path, name].join(" -> ")}`);
    if (done.includes(name)) return;
    for (const earlier of kinds[name]?.after ?? []) visit(earlier, [...path, name]);
    done.push(name);
  };
  for (const name of Object.keys(kinds)) visit(name, []);
  return done;
}

describe("the registry", () => {
  it("finds each connector by its id, and nothing else", () => {
    expect(connectors.map(({ id }) => connectorById(id))).toEqual(connectors);
    expect(connectorById("Gateway-Keys")).toBeNull();
    expect(connectorById("__proto__")).toBeNull();
    expect(new Set(connectors.map(({ id }) => id)).size).toBe(connectors.length);
  });
});

describe.each(connectors.map((connector) => ({ id: connector.id, connector })))(
  "the connector $id",
  ({ id, connector }) => {
    it("has a README beside its code", async () => {
      await expect(access(new URL(`../../../connectors/${id}/README.md`, import.meta.url))).resolves.toBeUndefined();
    });

    it("is judged by the conformance kit", async () => {
      const file = new URL(`../../connectors/${id}/conformance.test.ts`, import.meta.url);

      expect(await readFile(file, "utf8").catch(() => "no such file")).toMatch(/^describeConformance\(\w+\);$/m);
    });

    it("is named and versioned", () => {
      expect(id).toMatch(/^[a-z][a-z0-9-]{1,40}$/);
      expect(connector.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(connector.apiVersion).toBe(1);
    });

    it("says for each permission what it is for", () => {
      const names = connector.permissions.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(connector.permissions.filter(({ why }) => why.length < 10)).toEqual([]);
      expect(new Set(connector.permissions.map(({ for: use }) => use)).has("read")).toBe(true);
    });

    it("orders its kinds without a circle, by kinds that it has", () => {
      const names = Object.keys(connector.kinds);
      const named = Object.values(connector.kinds).flatMap(({ after = [] }) => after);

      expect(named.filter((name) => !names.includes(name))).toEqual([]);
      expect(orderOf(connector).sort()).toEqual(names.sort());
    });

    it("can do what its strategies say", () => {
      for (const [name, kind] of Object.entries(connector.kinds)) {
        const can = { name, revoke: kind.revoke !== undefined, disable: kind.disable !== undefined };
        if (kind.strategy === "delete") expect(can).toMatchObject({ revoke: true });
        if (kind.strategy === "disable-then-delete") expect(can).toMatchObject({ revoke: true, disable: true });
      }
      expect(connector.freeze === undefined).toBe(connector.unfreeze === undefined);
    });

    it.each([null, "text", 5, [], {}, { unknown: 1 }])("refuses settings that are not its own: %j", (settings) => {
      expect(connector.settings.safeParse(settings).success).toBe(false);
    });
  },
);
