import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Pool } from "undici";

const command = resolve(import.meta.dirname, "../../dist/src/cli/main.js");
export const sourceToken = "bench-source-token-0123456789";

export interface BenchServer {
  url: string;
  folder: string;
  /** From spawn to the line that says it listens, in ms. */
  readyMs: number;
  stop(): Promise<void>;
}

/** Starts the built product in a process of its own, as `npm start` does, and waits until it says it is ready. */
export async function startServer(folder: string, extraConfig = ""): Promise<BenchServer> {
  if (!existsSync(command)) throw new Error("Build first: npm run build");
  const config = join(folder, "lastday.yaml");
  await writeFile(
    config,
    [
      "organization: Bench",
      "listen: 127.0.0.1:0",
      "adminListen: 127.0.0.1:0",
      "dataDir: ./data",
      "sources: [{ name: bench, kind: scim, dialect: okta, tokens: [env:BENCH_TOKEN] }]",
      extraConfig,
    ].join("\n"),
  );
  const env = {
    ...process.env,
    BENCH_TOKEN: sourceToken,
    LASTDAY_LOG_LEVEL: "info",
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
  };
  const started = performance.now();
  const child = spawn(process.execPath, [command, "start", "--config", config], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await new Promise<string>((found, failed) => {
    let seen = "";
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        seen = `${seen}\n${line}`.slice(-4_000);
        const match = /"message":"started".*?"api":"([^"]+)"/.exec(line);
        if (match?.[1] !== undefined) found(match[1]);
      });
    }
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${seen}`)));
  });
  const readyMs = performance.now() - started;
  return {
    url,
    folder,
    readyMs,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** A folder for one measurement, removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "lastday-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A SCIM client over keep-alive connections. */
export function scimClient(url: string, connections: number) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const headers = { authorization: `Bearer ${sourceToken}`, "content-type": "application/scim+json" };
  async function send(
    method: "GET" | "POST" | "PATCH",
    path: string,
    expected: number,
    body?: unknown,
  ): Promise<unknown> {
    const reply = await pool.request({
      method,
      path: `/scim/v2${path}`,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.body.text();
    if (reply.statusCode !== expected) throw new Error(`${method} ${path}: ${reply.statusCode} ${text.slice(0, 300)}`);
    return text === "" ? null : JSON.parse(text);
  }
  return {
    async create(name: string): Promise<string> {
      const made = (await send("POST", "/Users", 201, {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: name,
        externalId: `ext-${name}`,
        active: true,
      })) as { id: string };
      return made.id;
    },
    async deactivate(id: string): Promise<void> {
      await send("PATCH", `/Users/${id}`, 200, {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", value: { active: false } }],
      });
    },
    async find(name: string): Promise<void> {
      const found = (await send("GET", `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}`, 200)) as {
        totalResults: number;
      };
      if (found.totalResults !== 1) throw new Error(`${name}: ${found.totalResults} results`);
    },
    close: () => pool.close(),
  };
}
