import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CliDeps, ServerHandle } from "../../../src/cli/context.ts";
import { CodedError } from "../../../src/domain/error.ts";
import { quiet, run } from "./run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-serve-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const never = new Promise<never>(() => undefined);

function aServer(part: Partial<ServerHandle> = {}): { server: ServerHandle; stops: () => number } {
  let stops = 0;
  const server: ServerHandle = {
    urls: { api: "http://127.0.0.1:4400", admin: "http://127.0.0.1:4401" },
    operatorTokenFile: "/data/operator.token",
    stop: async () => void (stops += 1),
    failed: never,
    ...part,
  };
  return { server, stops: () => stops };
}

async function serve(
  words: readonly string[],
  server: ServerHandle | Error,
  how: Pick<Parameters<typeof run>[1] & object, "interrupt" | "crash"> = {},
) {
  const started: unknown[] = [];
  const logged: string[] = [];
  const log = { ...quiet, error: (message: string) => void logged.push(message) };
  const deps: Partial<CliDeps> = {
    openLog: () => log,
    startServer: async (_config, parts) => {
      started.push(parts);
      if (server instanceof Error) throw server;
      return server;
    },
  };
  return { ...(await run(words, { cwd: folder, deps, ...how })), started, logged };
}

describe("lastday start, api, worker", () => {
  const interrupt = Promise.resolve<NodeJS.Signals>("SIGTERM");

  it.each([
    { command: "start", parts: { api: true, workers: true } },
    { command: "api", parts: { api: true, workers: false } },
    { command: "worker", parts: { api: false, workers: true } },
  ])("$command runs its parts, drains when asked, and ends with 0", async ({ command, parts }) => {
    const { server, stops } = aServer();
    const ran = await serve([command], server, { interrupt });

    expect(ran).toMatchObject({ code: 0, started: [parts], out: expect.stringContaining("Lastday is ready") });
    expect(stops()).toBe(1);
  });

  it("prints one JSON line for programs", async () => {
    const ran = await serve(["start", "--json"], aServer().server, { interrupt });

    expect(JSON.parse(ran.out)).toEqual({
      ready: true,
      urls: { api: "http://127.0.0.1:4400", admin: "http://127.0.0.1:4401" },
      operatorTokenFile: "/data/operator.token",
      pid: process.pid,
    });
  });

  it.each([
    { name: "a part that cannot heal", part: { failed: Promise.resolve(new Error("listener closed")) }, how: {} },
    { name: "something nobody caught", part: {}, how: { crash: Promise.resolve(new TypeError("x is undefined")) } },
  ])("$name: drains, and ends with 1", async ({ part, how }) => {
    const { server, stops } = aServer(part);
    const ran = await serve(["start"], server, how);

    expect(ran).toMatchObject({ code: 1, logged: ["server failed"] });
    expect(stops()).toBe(1);
  });

  it("a stop that fails is told, and ends with 1", async () => {
    const { server } = aServer({
      stop: async () => {
        throw new Error("the pool did not close");
      },
    });

    expect(await serve(["start"], server, { interrupt })).toMatchObject({
      code: 1,
      logged: ["could not stop cleanly"],
    });
  });

  it.each([
    {
      name: "a reason of the product's own",
      error: new CodedError("foreign-server", "Another PostgreSQL answers on port 5432"),
      says: "lastday: Another PostgreSQL answers on port 5432\n",
    },
    {
      name: "a port in use",
      error: Object.assign(new Error("listen EADDRINUSE"), { code: "EADDRINUSE", address: "127.0.0.1", port: 4400 }),
      says: "lastday: 127.0.0.1:4400 is in use by another program\n",
    },
    {
      name: "anything else",
      error: new Error("connect ECONNREFUSED 127.0.0.1:5432"),
      says: "lastday: Lastday could not start: connect ECONNREFUSED 127.0.0.1:5432\n",
    },
  ])("F22 cannot start: $name, in a sentence, with 1", async ({ error, says }) => {
    const ran = await serve(["start"], error);

    expect(ran.code).toBe(1);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });
});
