import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Pool } from "pg";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../../../src/store/embedded/index.ts";
import { run } from "../../../../src/store/embedded/run.ts";
import { silentLog } from "../../../support/database.ts";
import { startDriver, type DriverProcess } from "../../../support/embedded-process.ts";

let parent: string;
let dataDir: string;
const drivers: DriverProcess[] = [];
const servers: EmbeddedPostgres[] = [];

/** A cluster that was started once, and stopped: most situations begin with a copy of it. */
let prepared: string;

beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), "lastday-prepared-"));
  const server = await startEmbeddedPostgres({ dataDir: prepared, log: silentLog, disposable: true });
  await server.stop();
  await rm(join(prepared, "port"));
});

afterAll(() => rm(prepared, { recursive: true, force: true }));

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "lastday-embedded-"));
  dataDir = join(parent, "postgres");
});

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.kill();
  for (const server of servers.splice(0)) await server.stop();
  await killServer(dataDir, "SIGINT");
  await run("rm", ["-rf", parent]);
});

const usePrepared = (): Promise<void> => copyFolder(prepared, dataDir);

/** A thousand files and their owners: the program is several times faster than Node. */
async function copyFolder(from: string, to: string): Promise<void> {
  const { status, output } = await run("cp", ["-a", from, to]);
  if (status !== 0) throw new Error(output);
}

async function start(
  more: { dataDir?: string; disposable?: boolean; startTimeoutMs?: number } = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, disposable: true, ...more });
  servers.push(server);
  return server;
}

function drive(options: { disposable?: boolean } = {}): DriverProcess {
  const driver = startDriver(dataDir, options);
  drivers.push(driver);
  return driver;
}

/** The postmaster of a folder, while its lock file is there. */
async function serverPid(folder = dataDir): Promise<number | null> {
  const text = await readFile(join(folder, "cluster", "postmaster.pid"), "utf8").catch(() => "");
  return text === "" ? null : Number(text.split("\n")[0]);
}

async function killServer(folder: string, signal: NodeJS.Signals): Promise<void> {
  const pid = await serverPid(folder);
  if (pid === null || !(await isServer(pid))) return;
  process.kill(pid, signal);
  while (await isServer(pid)) await sleep(5);
}

async function isServer(pid: number): Promise<boolean> {
  try {
    if (pid === 0) return false;
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !status.includes(") Z ");
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the first start", () => {
  it("gives a server for this machine alone, with checksums, in UTF-8", async () => {
    const server = await start({ disposable: false });

    const rows = await query<{ name: string; setting: string }>(
      server.url,
      `select name, setting from pg_settings where name in
       ('data_checksums', 'fsync', 'listen_addresses', 'max_connections', 'password_encryption', 'server_encoding',
        'synchronous_commit', 'TimeZone', 'unix_socket_directories') order by lower(name)`,
    );

    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: "on",
      fsync: "on",
      listen_addresses: "127.0.0.1",
      max_connections: "200",
      password_encryption: "scram-sha-256",
      server_encoding: "UTF8",
      synchronous_commit: "on",
      TimeZone: "UTC",
      unix_socket_directories: "",
    });
  });

  it("T17 keeps the password to itself: no file that others may read, no command line, no log", async () => {
    const server = await start();
    const { password } = new URL(server.url);
    const files = await readdir(dataDir);
    const pid = await serverPid();
    const commandLine = await readFile(`/proc/${pid ?? 0}/cmdline`, "utf8").catch(() => "");

    expect(Buffer.from(password, "base64url")).toHaveLength(32);
    expect(files.sort()).toEqual(["cluster", "password", "port", "server.log", "users"]);
    for (const name of files) expect([name, (await stat(join(dataDir, name))).mode & 0o077]).toEqual([name, 0]);
    expect(commandLine).not.toContain(password);
    expect(await readFile(join(dataDir, "server.log"), "utf8")).not.toContain(password);
    await expect(query(server.url.replace(password, "guess"), "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("never leaves rows or statements in the server's log", async () => {
    const server = await start();
    await query(server.url, "create table person (name text primary key); insert into person values ('Ada')");

    await expect(query(server.url, "insert into person values ('Ada')")).rejects.toMatchObject({ code: "23505" });
    const log = await readFile(join(dataDir, "server.log"), "utf8");

    expect(log).toContain("duplicate key");
    expect(log).not.toContain("Ada");
  });
});

describe("later starts", () => {
  beforeEach(usePrepared);

  it("find the rows and keep the port", async () => {
    const first = await start();
    await query(first.url, "create table kept as select 42 as n");
    await first.stop();
    expect(await serverPid()).toBeNull();

    const second = await start();

    expect([second.port, second.adopted]).toEqual([first.port, false]);
    expect(await query(second.url, "select n from kept")).toEqual([{ n: 42 }]);
  });

  it("two at once: one starts the server, the other adopts it", async () => {
    const said = await Promise.all([drive().next(), drive().next(), start()]);

    expect(said.map(({ adopted }) => adopted).filter((adopted) => adopted === false)).toHaveLength(1);
    expect(new Set(said.map(({ url }) => url)).size).toBe(1);
  });

  it("share the server until the last one leaves", async () => {
    const other = drive();
    const { adopted } = await other.next();
    const ours = await start();
    await other.stop();

    expect([adopted, ours.adopted]).toEqual([false, true]);
    expect(await query(ours.url, "select 1 as n")).toEqual([{ n: 1 }]);
    await ours.stop();
    expect(await serverPid()).toBeNull();
  });

  it("adopt the server of a process that was killed, and end it with themselves", async () => {
    const killed = drive();
    const { port } = await killed.next();
    const before = await serverPid();
    await killed.kill();

    const adopter = await start();

    expect([adopter.adopted, adopter.port, await serverPid()]).toEqual([true, port, before]);
    await adopter.stop();
    expect(await serverPid()).toBeNull();
  });

  it("adopt a server even when its port was forgotten", async () => {
    const killed = drive();
    const { port } = await killed.next();
    await killed.kill();
    await rm(join(dataDir, "port"));

    expect(await start()).toMatchObject({ adopted: true, port });
  });

  it("F03 recover after kill -9 of the server and of the process that started it", async () => {
    const driver = drive();
    const { url = "" } = await driver.next();
    await query(url, "create table kept as select 42 as n");
    await driver.kill();
    await killServer(dataDir, "SIGKILL");
    expect(await serverPid()).not.toBeNull();

    const next = await start();

    expect(next.adopted).toBe(false);
    expect(await query(next.url, "select n from kept")).toEqual([{ n: 42 }]);
  });

  it.each([
    { name: "nobody", holder: "1999999999 0000" },
    { name: "a process that had our id before us", holder: `${process.pid} 0000` },
  ])("are not held up by a start lock of $name", async ({ holder }) => {
    await writeFile(join(dataDir, "start.lock"), holder);

    expect(await start()).toMatchObject({ adopted: false });
  });
});

describe("a server that dies", () => {
  beforeEach(usePrepared);

  it("F03 under writers comes back on its port, and every acknowledged row is there", async () => {
    const server = await start({ disposable: false });
    const died: string[] = [];
    server.onExit(({ code }) => void died.push(code));
    const pool = new Pool({
      connectionString: server.url,
      max: 8,
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
    });
    pool.on("error", () => undefined);
    await pool.query("create table written (n int primary key)");
    const acknowledged: number[] = [];
    let next = 0;
    const writing = new AbortController();
    const writers = Array.from({ length: 8 }, async () => {
      while (!writing.signal.aborted) {
        const n = (next += 1);
        try {
          await pool.query("insert into written values ($1)", [n]);
          acknowledged.push(n);
        } catch {
          await sleep(20);
        }
      }
    });
    for (let kills = 0; kills < 3; kills += 1) {
      const enough = acknowledged.length + 200;
      while (acknowledged.length < enough) await sleep(5);
      await killServer(dataDir, "SIGKILL");
    }
    const after = acknowledged.length + 50;
    while (acknowledged.length < after) await sleep(5);
    writing.abort();
    await Promise.all(writers);
    const { rows } = await pool.query<{ n: number }>("select n from written");
    await pool.end();
    const present = new Set(rows.map(({ n }) => n));

    expect(acknowledged.filter((n) => !present.has(n))).toEqual([]);
    expect(died).toEqual(["server-died", "server-died", "server-died"]);
  });

  it("F03 comes back for a process that only adopted it", async () => {
    const killed = drive();
    await killed.next();
    await killed.kill();
    const adopter = await start();
    await query(adopter.url, "create table kept as select 42 as n");
    const died = new Promise<string>((resolve) => adopter.onExit(({ code }) => resolve(code)));
    await killServer(dataDir, "SIGKILL");

    expect(await died).toBe("server-died");
    await adopter.stop(); // waits for the attempt that is under way
    expect(await query((await start()).url, "select n from kept")).toEqual([{ n: 42 }]);
  });
});

describe("a port that is not ours any more", () => {
  beforeEach(usePrepared);

  const remember = (port: number): Promise<void> => writeFile(join(dataDir, "port"), String(port));

  it("F22 is refused when a copy of this very folder answers there", async () => {
    const running = await start();
    const copy = join(parent, "copy");
    await copyFolder(prepared, copy);
    await writeFile(join(copy, "port"), String(running.port));

    const refused = startEmbeddedPostgres({ dataDir: copy, log: silentLog });

    await expect(refused).rejects.toMatchObject({
      code: "foreign-server",
      message: expect.stringMatching(new RegExp(`port ${running.port}.*remove ${join(copy, "port")}`)),
    });
    await rm(join(copy, "port"));
    const moved = await start({ dataDir: copy });
    expect(moved.port).not.toBe(running.port);
    expect(moved.adopted).toBe(false);
  });

  it("F22 is refused when another PostgreSQL answers there, which knows another password", async () => {
    const other = await start({ dataDir: join(parent, "other") });
    await remember(other.port);

    await expect(start()).rejects.toMatchObject({
      code: "foreign-server",
      message: expect.stringContaining(String(other.port)),
    });
    expect(await query(other.url, "select 1 as n")).toEqual([{ n: 1 }]);
  });

  it.each([
    { name: "hangs up", onConnection: (socket: Socket) => socket.destroy() },
    {
      name: "talks HTTP",
      onConnection: (socket: Socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    },
  ])("is given up when something there $name", async ({ onConnection }) => {
    const stranger = createServer(onConnection).listen(0, "127.0.0.1");
    await new Promise((resolve) => stranger.once("listening", resolve));
    const address = stranger.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await remember(port);

    const server = await start();
    await new Promise((resolve) => stranger.close(resolve));

    expect(server.port).not.toBe(port);
  });
});

describe("a first start that was killed", () => {
  it("does not stand in the way of the next", async () => {
    const driver = drive({ disposable: false });
    while (!(await readdir(dataDir).catch(() => [])).some((name) => name.startsWith("cluster.new-"))) await sleep(5);
    await sleep(150); // inside initdb
    await driver.kill();
    const left = await readdir(dataDir);

    const server = await start();

    expect(left).toContainEqual(expect.stringMatching(/^cluster\.new-/));
    expect(left).not.toContain("cluster");
    expect(await query(server.url, "select 1 as n")).toEqual([{ n: 1 }]);
  });
});

describe("what a start refuses, in words", () => {
  beforeEach(usePrepared);

  it("F22 a setting that the server does not take: with the server's own log", async () => {
    await writeFile(join(dataDir, "cluster", "postgresql.auto.conf"), "shared_buffers = 'plenty'\n");

    await expect(start()).rejects.toMatchObject({
      code: "start-failed",
      message: expect.stringMatching(/shared_buffers.*plenty[^]*exit status 1/),
    });
  });

  it.each([
    {
      name: "another program's files",
      code: "not-a-cluster",
      spoil: () => writeFile(join(dataDir, "cluster", "notes.txt"), "x"),
    },
    { name: "a lost password", code: "password-missing", spoil: () => rm(join(dataDir, "password")) },
  ])("F22 $name, and leaves everything as it is", async ({ code, spoil }) => {
    if (code === "not-a-cluster") await rm(join(dataDir, "cluster", "PG_VERSION"));
    await spoil();
    const before = await readdir(join(dataDir, "cluster"));

    await expect(start()).rejects.toMatchObject({ code, message: expect.stringContaining(dataDir) });
    expect(await readdir(join(dataDir, "cluster"))).toEqual(before);
  });

  it("F22 a running server that does not accept the password file", async () => {
    const driver = drive();
    await driver.next();
    await writeFile(join(dataDir, "password"), "another");

    await expect(start()).rejects.toMatchObject({ code: "password-rejected" });
  });

  it("F22 a folder that cannot be made", async () => {
    await writeFile(join(parent, "file"), "");

    await expect(start({ dataDir: join(parent, "file", "postgres") })).rejects.toMatchObject({
      code: "unreachable-folder",
      message: expect.stringContaining(join(parent, "file")),
    });
  });

  it("a server that never answers: no process is left behind", async () => {
    await expect(start({ startTimeoutMs: 1 })).rejects.toMatchObject({ code: "start-timeout" });
    while (await isServer((await serverPid()) ?? 0)) await sleep(5);
    expect(await start()).toMatchObject({ adopted: false });
  });
});

describe("a lock file of a server that is no more", () => {
  beforeEach(usePrepared);

  it("does not hold up a start when its process id belongs to a stranger now", async () => {
    const owner = await stat(join(dataDir, "cluster"));
    const stranger = spawn("sleep", ["60"], { stdio: "ignore", uid: owner.uid, gid: owner.gid });
    await writeFile(
      join(dataDir, "cluster", "postmaster.pid"),
      `${stranger.pid ?? 0}\n${dataDir}\n0\n5432\n\n127.0.0.1\n`,
    );

    const next = await start();
    stranger.kill();

    expect(next.adopted).toBe(false);
  });
});
