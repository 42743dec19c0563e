import { DatabaseError } from "pg";
import { isOutage } from "../../../../src/store/people/outage.ts";
import { StoreError } from "../../../../src/store/pool.ts";

function withState(code: string): DatabaseError {
  return Object.assign(new DatabaseError("x", 1, "error"), { code });
}

describe("isOutage: what the sender should try again", () => {
  it.each([
    { name: "connection refused", error: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) },
    { name: "connection cut", error: new Error("Connection terminated unexpectedly") },
    { name: "no free connection", error: new Error("timeout exceeded when trying to connect") },
    { name: "a reply that never came", error: new Error("Query read timeout") },
    { name: "shutting down", error: withState("57P01") },
    { name: "starting up", error: withState("57P03") },
    { name: "statement time-out", error: withState("57014") },
    { name: "lock time-out", error: withState("55P03") },
    { name: "too many connections", error: withState("53300") },
    { name: "disk full", error: withState("53100") },
    { name: "serialization conflict", error: withState("40001") },
    { name: "nothing committed", error: new StoreError("not-committed", "x") },
  ])("$name", ({ error }) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    { name: "bad SQL", error: withState("42601") },
    { name: "a value that does not fit", error: withState("22P02") },
    { name: "unique violation", error: withState("23505") },
    { name: "audit refused", error: withState("23000") },
    { name: "our own mistake", error: new TypeError("undefined is not a function") },
    { name: "nothing at all", error: undefined },
  ])("not $name", ({ error }) => {
    expect(isOutage(error)).toBe(false);
  });
});
