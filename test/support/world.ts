import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { type FakeKong, type FakeKongOptions, startFakeKong } from "../../connectors/testkit/fakes/kong/index.ts";
import type { PlantConsumer, PlantedConsumer } from "../../connectors/testkit/fakes/kong/plant.ts";
import { ensureTemplate } from "./database.ts";
import { Http, type Reply } from "./http-client.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";
import { type ServerOptions, type ServerProcess, runLastday, startServer } from "./server-process.ts";

/**
 * A whole installation that a test may break: a fake Kong in this process, which survives the death of the product; the
 * product as processes of their own on their own data folder; and a sender that repeats, as identity providers do.
 */
export interface WorldOptions {
  /** `embedded`: inside the data folder. Else the maintenance URL of a server on which the world gets a database. */
  readonly database: "embedded" | { readonly adminUrl: string };
  /** Where the queue runs; a Redis of this world alone, or the database. */
  readonly queue: "redis" | "postgres";
  readonly mode?: "enforce" | "observe";
  readonly kong?: FakeKongOptions;
  /** Of the target, as in the configuration. */
  readonly settle?: string;
  readonly lookGap?: string;
  readonly probes?: boolean;
  readonly guard?: { readonly tenMinutes: number; readonly day: number };
  readonly sourceToken?: string;
  /** Instead of the one Kong: entries of `targets`, as JSON is YAML. */
  readonly targets?: readonly object[];
  /** Further environment, where those targets' secrets are. */
  readonly env?: Readonly<Record<string, string>>;
  readonly deleteAfter?: string;
  readonly logLevel?: "info" | "debug";
}

/** Someone the source knows, and what they hold at Kong. */
export interface Planted {
  readonly userName: string;
  readonly externalId: string;
  readonly consumer: PlantedConsumer;
}

export type StartOptions = Partial<Pick<ServerOptions, "command">> & {
  /** `point:action:visit`, see src/config/fault.ts. */
  readonly fault?: string;
};

export async function openWorld(options: WorldOptions): Promise<World> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), "lastday-world-"));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const kong = await startFakeKong(options.kong);
    closing.push(() => kong.close());
    const redis = options.queue === "redis" ? await startRedisServer() : null;
    if (redis !== null) closing.push(() => redis.stop());
    let databaseUrl: string | null = null;
    if (options.database === "embedded") closing.push(() => endOrphan(folder));
    else {
      const { url, drop } = await createDatabase(options.database.adminUrl);
      databaseUrl = url;
      closing.push(drop);
    }
    return new World(options, { folder, kong, redis, databaseUrl, closing });
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

interface Parts {
  readonly folder: string;
  readonly kong: FakeKong;
  readonly redis: RedisServer | null;
  readonly databaseUrl: string | null;
  readonly closing: (() => Promise<unknown>)[];
}

export class World {
  readonly folder: string;
  readonly kong: FakeKong;
  readonly redis: RedisServer | null;
  readonly sourceToken: string;
  /** Everybody planted so far. */
  readonly planted: Planted[] = [];
  readonly #options: WorldOptions;
  readonly #closing: (() => Promise<unknown>)[];
  readonly #databaseUrl: string | null;
  readonly #servers: ServerProcess[] = [];
  #isConfigured = false;

  constructor(options: WorldOptions, { folder, kong, redis, databaseUrl, closing }: Parts) {
    this.folder = folder;
    this.kong = kong;
    this.redis = redis;
    this.sourceToken = options.sourceToken ?? `source-token-${randomBytes(12).toString("hex")}`;
    this.#options = options;
    this.#databaseUrl = databaseUrl;
    this.#closing = closing;
  }

  /** Starts one process of the product on this world's data; the first one writes the configuration. */
  async start({ command = "start", fault }: StartOptions = {}): Promise<ServerProcess> {
    const configFile = join(this.folder, "lastday.yaml");
    if (!this.#isConfigured) await writeFile(configFile, configuration(this.#options, this.kong));
    this.#isConfigured = true;
    const { adminToken } = this.#options.kong ?? {};
    const server = await startServer({
      command,
      configFile,
      env: {
        ...this.#options.env,
        SOURCE_TOKEN: this.sourceToken,
        LASTDAY_LOG_LEVEL: this.#options.logLevel ?? "info",
        ...(adminToken === undefined ? {} : { KONG_ADMIN_TOKEN: adminToken }),
        ...(this.#databaseUrl === null ? {} : { DATABASE_URL: this.#databaseUrl }),
        ...(this.redis === null ? {} : { REDIS_URL: this.redis.url }),
        ...(fault === undefined ? {} : { LASTDAY_FAULT: fault }),
      },
    });
    this.#servers.push(server);
    return server;
  }

  /** Where the API answers now: the latest process that serves it. */
  get apiUrl(): string {
    const server = this.#servers.findLast((one) => one.urls.api !== "");
    if (server === undefined) throw new Error("no process of this world has served the API yet");
    return server.urls.api;
  }

  /** Everything that every process of this world has printed. */
  output(): string {
    return this.#servers.map((server) => server.output()).join("\n");
  }

  /** As the source. */
  get scim(): Http {
    return new Http(`${this.apiUrl}/scim/v2`, this.sourceToken, "application/scim+json");
  }

  /** As the operator of this machine. */
  async api(): Promise<Http> {
    const token = (await readFile(this.operatorTokenFile, "utf8")).trim();
    return new Http(`${this.apiUrl}/api/v1`, token, "application/json");
  }

  /** The command line of this machine, on the running server. */
  async lastday(...words: string[]): Promise<Awaited<ReturnType<typeof runLastday>>> {
    const token = (await readFile(this.operatorTokenFile, "utf8")).trim();
    return await runLastday(words, { LASTDAY_URL: this.apiUrl, LASTDAY_TOKEN: token, NO_COLOR: "1" });
  }

  get operatorTokenFile(): string {
    return join(this.folder, "data", "operator.token");
  }

  async databaseUrl(): Promise<string> {
    if (this.#databaseUrl !== null) return this.#databaseUrl;
    const root = join(this.folder, "data", "postgres");
    const [password, port] = await Promise.all(
      ["password", "port"].map(async (name) => (await readFile(join(root, name), "utf8")).trim()),
    );
    return `postgresql://lastday:${password}@127.0.0.1:${port}/lastday`;
  }

  /** A look into the database from outside the product. */
  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: await this.databaseUrl(), query_timeout: 30_000 });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Process id of the embedded server; it is of this world alone. */
  async postmaster(): Promise<number> {
    const pid = await embeddedPid(this.folder);
    if (pid === null) throw new Error("this world has no embedded server that runs");
    return pid;
  }

  /** Puts a consumer in place at Kong for somebody whom the source announces with `announce`. */
  plant(name: string, holds: Omit<PlantConsumer, "username" | "custom_id">): Planted {
    const externalId = `employee-${name}`;
    const [consumer] = this.kong.plant({ consumers: [{ username: name, custom_id: externalId, ...holds }] }).consumers;
    if (consumer === undefined) throw new Error("the fake planted nobody");
    const planted = { userName: `${name}@example.com`, externalId, consumer };
    this.planted.push(planted);
    return planted;
  }

  /** The source tells of somebody at work. @returns the SCIM id. */
  async announce({ userName, externalId }: Omit<Planted, "consumer">, more: object = {}): Promise<string> {
    const reply = await this.scim.send("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      externalId,
      active: true,
      emails: [{ value: userName, primary: true }],
      ...more,
    });
    if (reply.status !== 201) throw new Error(`SCIM answered ${reply.status}: ${reply.text}`);
    return (reply.json as { id: string }).id;
  }

  /** One attempt to say that somebody is gone, or back. */
  async say(personId: string, active: boolean): Promise<Reply> {
    return await this.scim.send("PATCH", `/Users/${personId}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", value: { active } }],
    });
  }

  /** Somebody tries every door with a token that is not valid. */
  async refused(token: string): Promise<void> {
    const doors = [
      new Http(`${this.apiUrl}/scim/v2`, token, "application/scim+json"),
      new Http(`${this.apiUrl}/api/v1`, token, "application/json"),
    ];
    for (const [door, path] of [
      [doors[0], "/Users"],
      [doors[1], "/cases"],
    ] as const) {
      const reply = await door?.send("GET", path);
      if (reply?.status !== 401) throw new Error(`an invalid token was answered ${reply?.status}`);
    }
  }

  async metrics(): Promise<string> {
    const server = this.#servers.findLast((one) => one.isAlive());
    return await (await fetch(`${server?.urls.admin}/metrics`)).text();
  }

  /** Ends every process, then all that they stood on. */
  async close(): Promise<void> {
    for (const server of this.#servers) if (server.isAlive()) server.resume();
    await Promise.all(this.#servers.map((server) => (this.#databaseUrl === null ? server.stop() : server.kill())));
    await closeAll(this.#closing);
  }
}

function configuration(options: WorldOptions, kong: FakeKong): string {
  const guard = options.guard ?? { tenMinutes: 100, day: 100 };
  return `
organization: End to End
listen: 127.0.0.1:0
adminListen: 127.0.0.1:0
dataDir: ./data
sources:
  - { name: okta, kind: scim, dialect: okta, tokens: [env:SOURCE_TOKEN] }
targets: ${JSON.stringify(options.targets ?? [kongTarget(options, kong)])}
policy:
  deleteAfter: ${options.deleteAfter ?? "30d"}
  lookGap: ${options.lookGap ?? "200ms"}
  guard: { tenMinutes: ${guard.tenMinutes}, day: ${guard.day} }
`;
}

function kongTarget({ mode, settle, probes, kong: asked }: WorldOptions, kong: FakeKong): object {
  return {
    name: "kong",
    connector: "gateway-keys",
    mode: mode ?? "enforce",
    settle: settle ?? "100ms",
    rateShare: 1,
    settings: {
      driver: "kong",
      adminUrl: kong.adminUrl,
      ...((probes ?? true) ? { probeUrl: `${kong.proxyUrl}/key-auth` } : {}),
    },
    ...(asked?.adminToken === undefined ? {} : { secrets: { adminToken: "env:KONG_ADMIN_TOKEN" } }),
    match: [{ attribute: "custom_id", equals: "{externalId}", trusted: true }],
  };
}

async function createDatabase(adminUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const template = await ensureTemplate(adminUrl);
  const name = `world_${randomBytes(8).toString("hex")}`;
  const asAdmin = async (sql: string): Promise<void> => {
    const admin = new Client({ connectionString: adminUrl, query_timeout: 60_000 });
    admin.on("error", () => undefined);
    await admin.connect();
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** The server that the lock file in our own folder names; null when there is none. */
async function embeddedPid(folder: string): Promise<number | null> {
  const file = join(folder, "data", "postgres", "cluster", "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  const pid = Number(text.split("\n")[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
}

/** A database server whose last user was killed goes on by itself. */
async function endOrphan(folder: string): Promise<void> {
  const pid = await embeddedPid(folder);
  if (pid === null) return;
  try {
    process.kill(pid, "SIGQUIT");
    for (;;) {
      process.kill(pid, 0);
      await sleep(20);
    }
  } catch {
    // it has ended
  }
}

/** In the opposite order of opening; one that fails does not keep the others open. */
async function closeAll(closing: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing.toReversed()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, "the world did not close cleanly");
}
