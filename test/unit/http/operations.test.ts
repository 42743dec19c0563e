import { describedOperations } from "../../../src/http/api/index.ts";
import { describeApi } from "../../../src/http/openapi.ts";

const operations = describedOperations();

describe("the endpoints", () => {
  it("have ids and routes of their own", () => {
    const ids = operations.map((operation) => operation.id);
    const routes = operations.map((operation) => `${operation.method} ${operation.path}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it.each(operations.filter((operation) => operation.method !== "get"))(
    "T21 $id changes something, so a viewer and an auditor may not call it",
    ({ role }) => {
      expect(["operator", "approver", "admin"]).toContain(role);
    },
  );

  it("name a parameter schema for each parameter of their path", () => {
    const bare = operations.filter((operation) => operation.path.includes("{") !== (operation.params !== undefined));
    expect(bare.map((operation) => operation.id)).toEqual([]);
  });

  it("are all described", () => {
    const described = Object.values(describeApi(operations).paths).flatMap((path) => Object.keys(path));
    expect(described).toHaveLength(operations.length);
  });
});
