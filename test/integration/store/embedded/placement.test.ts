import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { completeLinks, findBinaryPackage, usableBinaries } from "../../../../src/store/embedded/binaries.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../../../src/store/embedded/index.ts";
import { run, type Account } from "../../../../src/store/embedded/run.ts";
import { silentLog } from "../../../support/database.ts";
import type { Said } from "../../../support/embedded-driver.ts";
import { startDriver } from "../../../support/embedded-process.ts";

const isRoot = process.getuid?.() === 0;
/** Root becomes somebody else to run PostgreSQL; everybody else has no such choices, and so no such tests. */
const describeAsRoot = isRoot ? describe : () => undefined;

let parent: string;
const servers: EmbeddedPostgres[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "lastday-placement-"));
  await chmod(parent, 0o755);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(parent, { recursive: true, force: true, maxRetries: 10 });
});

async function start(dataDir: string, runAs?: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir,
    log: silentLog,
    disposable: true,
    ...(runAs === undefined ? {} : { runAs }),
  });
  servers.push(server);
  return server;
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function user(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** A package as `npm install --ignore-scripts` leaves it: without its links. */
async function packageWithoutLinks(into: string): Promise<string> {
  const { native } = await findBinaryPackage();
  await cp(native, into, { recursive: true, verbatimSymlinks: true });
  for (const name of await readdir(join(into, "lib"))) {
    const path = join(into, "lib", name);
    if ((await lstat(path)).isSymbolicLink()) await rm(path);
  }
  return into;
}

describe("the library links", () => {
  it("are made when npm ran no scripts, and then the programs run", async () => {
    const native = await packageWithoutLinks(join(parent, "native"));
    const broken = await run(join(native, "bin", "postgres"), ["--version"]);

    const complete = await completeLinks(native);
    const { status, stdout } = await run(join(native, "bin", "postgres"), ["--version"]);

    expect(broken.status).not.toBe(0);
    expect(complete).toBe(true);
    expect(await readlink(join(native, "lib", "libpq.so.5"))).toMatch(/^libpq\.so\.5\.\d+$/);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/PostgreSQL\D+18\./)]);
  });

  it("never leave the package, whatever its list says", async () => {
    const native = join(parent, "native");
    await mkdir(join(native, "lib"), { recursive: true });
    const list = [
      { source: "native/lib/a", target: "../../evil" },
      { source: "/etc/passwd", target: "native/lib/b" },
    ];
    await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(list));

    await completeLinks(native);

    expect([await readdir(parent), await readdir(join(native, "lib"))]).toEqual([["native"], []]);
  });
});

describe("programs that do not run", () => {
  it("F22 are reported with what they printed", async () => {
    const native = join(parent, "native");
    await mkdir(join(native, "bin"), { recursive: true });
    await writeFile(join(native, "bin", "postgres"), "#!/bin/sh\necho no such libc >&2\nexit 127\n", { mode: 0o755 });

    await expect(usableBinaries({ native, version: "0" }, null, [])).rejects.toMatchObject({
      code: "binaries-unusable",
      message: expect.stringContaining("no such libc"),
    });
  });
});

describeAsRoot("as root", () => {
  it("runs the server as nobody, who cannot read the password", async () => {
    const dataDir = join(parent, "postgres");
    const nobody = await user("nobody");
    await start(dataDir);
    const pid = (await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n")[0] ?? "";
    const { stdout: owner } = await run("ps", ["-o", "uid=", "-p", pid]);
    const peek = await run("cat", [join(dataDir, "password")], { account: nobody });

    expect(Number(owner)).toBe(nobody.uid);
    expect((await stat(join(dataDir, "cluster"))).uid).toBe(nobody.uid);
    expect(peek).toMatchObject({ status: 1, stdout: "" });
  });

  it("keeps the data below a folder that nobody may enter, and finds it again", async () => {
    await chmod(parent, 0o700);
    const dataDir = join(parent, "postgres");
    const first = await start(dataDir);
    await query(first.url, "create table kept as select 42 as n");
    const second = await start(dataDir);
    expect(second.adopted).toBe(true);
    for (const server of servers.splice(0)) await server.stop();

    const third = await start(dataDir);

    expect(third.adopted).toBe(false);
    expect(await query(third.url, "select n from kept")).toEqual([{ n: 42 }]);
    expect(await readFile(join(dataDir, "cluster", "PG_VERSION"), "utf8")).toBe("18\n");
  });

  it("takes over a restored cluster that belongs to root", async () => {
    const dataDir = join(parent, "postgres");
    const first = await start(dataDir);
    await query(first.url, "create table kept as select 42 as n");
    await first.stop();
    await run("chown", ["-R", "0:0", dataDir]);

    const second = await start(dataDir);

    expect(await query(second.url, "select n from kept")).toEqual([{ n: 42 }]);
  });

  it("runs as the user that is named, and gives the cluster to it", async () => {
    const dataDir = join(parent, "postgres");
    await (await start(dataDir)).stop();
    const other = await user("daemon");

    await start(dataDir, "daemon");

    expect((await stat(join(dataDir, "cluster", "base"))).uid).toBe(other.uid);
  });

  it.each([
    { name: "a user that does not exist", runAs: "no-such-user", code: "unknown-user" },
    { name: "an id without a name", runAs: "54321", code: "unknown-user" },
    { name: "root", runAs: "root", code: "wrong-user" },
    { name: "an option in place of a name", runAs: "-r", code: "unknown-user" },
  ])("F22 refuses to run as $name", async ({ runAs, code }) => {
    const refused = start(join(parent, "postgres"), runAs);

    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(runAs) });
  });

  it("copies the programs out of a folder that nobody may enter, links included, once", async () => {
    const closed = join(parent, "closed");
    await mkdir(closed, { mode: 0o700 });
    const native = await packageWithoutLinks(join(closed, "native"));
    const place = join(parent, "place");
    const nobody = await user("nobody");

    const copied = await usableBinaries({ native, version: "1" }, nobody, [place]);
    const { mtimeMs } = await stat(copied.postgres);
    const again = await usableBinaries({ native, version: "1" }, nobody, [place]);

    expect(copied.postgres).toBe(join(place, "lastday-postgresql-1", "bin", "postgres"));
    expect(await readlink(join(place, "lastday-postgresql-1", "lib", "libpq.so.5"))).toMatch(/^libpq/);
    expect((await run(copied.initdb, ["--version"], { account: nobody })).status).toBe(0);
    expect([again, (await stat(again.postgres)).mtimeMs]).toEqual([copied, mtimeMs]);
    expect(await readdir(place)).toEqual(["lastday-postgresql-1"]);
  });

  it.each([
    { name: "belongs to another user", plant: (path: string, other: Account) => chown(path, other.uid, other.gid) },
    { name: "can be written by others", plant: (path: string) => chmod(path, 0o777) },
  ])("runs no program from a copy that $name", async ({ plant }) => {
    const closed = join(parent, "closed");
    await mkdir(closed, { mode: 0o700 });
    const native = await packageWithoutLinks(join(closed, "native"));
    const planted = join(parent, "shared", "lastday-postgresql-1");
    await mkdir(join(planted, "bin"), { recursive: true });
    const witness = join(parent, "ran");
    await writeFile(join(planted, "bin", "postgres"), `#!/bin/sh\ntouch ${witness}\n`, { mode: 0o755 });
    const nobody = await user("nobody");
    await plant(planted, nobody);
    await chmod(parent, 0o777);

    const usable = await usableBinaries({ native, version: "1" }, nobody, [
      join(parent, "shared"),
      join(parent, "own"),
    ]);

    expect(usable.postgres).toBe(join(parent, "own", "lastday-postgresql-1", "bin", "postgres"));
    await expect(stat(witness)).rejects.toMatchObject({ code: "ENOENT" });
  });

  // From a checkout in a closed folder no other user can run anything at all.
  const itAsAnother = isOpenToAll(import.meta.dirname) ? it : it.skip;
  itAsAnother(
    "leaves a normal user's server to that user: it starts, stops, and refuses what is not its own",
    async () => {
      const nobody = await user("nobody");
      const theirs = join(parent, "theirs");
      await mkdir(theirs);
      await chown(theirs, nobody.uid, nobody.gid);
      const roots = join(parent, "roots");
      await (await start(roots)).stop();

      const tryAs = async (dataDir: string, runAs?: string): Promise<Said> => {
        const { uid, gid } = nobody;
        const driver = startDriver(dataDir, { uid, gid, ...(runAs === undefined ? {} : { runAs }) });
        const said = await driver.next();
        await driver.stop();
        return said;
      };
      const said = await tryAs(theirs);
      const refused = await tryAs(roots);
      const another = await tryAs(theirs, "daemon");

      expect(said).toMatchObject({ adopted: false });
      expect(refused).toMatchObject({ error: { code: "wrong-user", message: expect.stringContaining("chown") } });
      expect(another).toMatchObject({ error: { code: "wrong-user" } });
      expect(await start(theirs)).toMatchObject({ adopted: false }); // root runs it as its owner
      expect((await stat(join(theirs, "cluster"))).uid).toBe(nobody.uid);
    },
  );
});

/** Whether every folder down to this one lets every user through. */
function isOpenToAll(folder: string): boolean {
  const parents = folder === dirname(folder) ? true : isOpenToAll(dirname(folder));
  const open = (statSync(folder).mode & 0o001) !== 0;
  if (!open) console.warn(`${folder} is closed to other users: what a normal user may do is not tested from here`);
  return parents && open;
}
