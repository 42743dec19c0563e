import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { answers, delaysAfter } from "../../connectors/testkit/faults/index.ts";
import { canary, type Canary, leaksIn, plainCanary, spellingsOf } from "../support/canaries.ts";
import { casesOf, complaintsAbout, readCertificate, untilComplete } from "../support/checker.ts";
import { eventually } from "../support/eventually.ts";
import { openRawQueue, type RawQueue } from "../support/raw-queue.ts";
import { describeWithRedis } from "../support/redis.ts";
import { openWorld, type Planted, type World } from "../support/world.ts";

/**
 * Secrets are planted wherever the product can meet one; then everything it leaves behind is searched, while the work is
 * under way and after it (I15, T12 to T14).
 */
describe("planted secrets, queue on postgres", () => {
  secretsStayOut("postgres");
});
describeWithRedis("planted secrets, queue on redis", () => {
  secretsStayOut("redis");
});

function secretsStayOut(queue: "postgres" | "redis"): void {
  const planted = {
    adminToken: canary("Kong's admin token"),
    sourceToken: plainCanary("the source's token"),
    keys: [canary("a key"), canary("a second key")],
    jwtSecret: canary("a JWT secret"),
    password: canary("a basic-auth password"),
    hmacSecret: canary("an HMAC secret"),
    clientSecret: canary("an OAuth client secret"),
    accessToken: canary("an OAuth access token"),
    synchronised: canary("a password that the source synchronises"),
    refused: plainCanary("a token that is not valid"),
  };
  const canaries: Canary[] = Object.values(planted).flat();
  let world: World;
  let raw: RawQueue;
  let leaver: Planted;
  let caseId: string;
  /** By place: what was found while a turn was under way, and after the end. */
  const found = { during: {} as Record<string, string>, after: {} as Record<string, string> };

  beforeAll(async () => {
    world = await openWorld({
      database: "embedded",
      queue,
      kong: { adminToken: planted.adminToken.value },
      sourceToken: planted.sourceToken.value,
      logLevel: "debug",
      lookGap: "2s",
    });
    leaver = world.plant("leaver", {
      keyAuth: planted.keys.map(({ value: key }) => ({ key })),
      jwt: [{ secret: planted.jwtSecret.value }],
      basicAuth: [{ username: "leaver", password: planted.password.value }],
      hmacAuth: [{ username: "leaver", secret: planted.hmacSecret.value }],
      oauth2: [
        {
          name: "application",
          client_secret: planted.clientSecret.value,
          tokens: [{ access_token: planted.accessToken.value }],
        },
      ],
    });
    const [first = "", last = ""] = leaver.consumer.keyAuth.map(({ id }) => id);
    // A target may say a secret back in an error, and its proxy may show one in a page.
    const told = [planted.adminToken, ...planted.keys].map(({ value }) => value).join(" ");
    world.kong.faults.add({
      on: { method: "DELETE", subject: first },
      fault: answers(500, { message: `cannot delete ${told}` }, { "x-debug": planted.password.value }),
    });
    world.kong.faults.add({ on: { method: "DELETE", subject: last }, fault: delaysAfter(3_000) });

    await world.start();
    raw = await openRawQueue(world);
    const personId = await world.announce(leaver, { password: planted.synchronised.value });
    await world.refused(planted.refused.value);
    await world.say(personId, false);
    const [opened] = await casesOf(world, personId);
    caseId = opened?.id ?? "";
    await eventually("a revocation", async () => world.kong.writes().some(({ path }) => path.endsWith(last)));
    found.during = await everything(world, raw);
    found.during["sealed rows"] = String((await world.query("SELECT * FROM sealed")).length);
    await untilComplete(world, caseId);
    found.after = await everything(world, raw);
    found.after["certificate"] = (await readCertificate(world, caseId)).text;
    found.after["the case as the API shows it"] = (await (await world.api()).send("GET", `/cases/${caseId}`)).text;
  }, 180_000);
  afterAll(async () => {
    await raw.close();
    await world.close();
  });

  it("I08 were really in use: the case is complete, and keys were tried at the proxy", async () => {
    const tried = world.kong.calls().filter(({ door, status }) => door === "proxy" && status === 401);

    expect(await complaintsAbout(world, { caseId, leaver, bystanders: [] })).toEqual([]);
    expect(tried.length).toBeGreaterThan(0);
    expect(world.kong.faults.unfired()).toEqual([]);
    expect(Number(found.during["sealed rows"])).toBeGreaterThan(0);
  });

  it("were looked for where things are written: each place shows what must be there", () => {
    expect(found.during).toMatchObject({
      log: expect.stringContaining("request handled"),
      database: expect.stringContaining(leaver.userName),
      queue: expect.stringContaining(caseId),
      files: expect.stringContaining(leaver.userName),
      metrics: expect.stringContaining("# HELP"),
    });
    expect(found.after).toMatchObject({
      certificate: expect.stringContaining("signatures"),
      "the case as the API shows it": expect.stringContaining(caseId),
    });
  });

  it.each(["during", "after"] as const)("T12 T13 T14 are nowhere, in no spelling, %s the work", (time) => {
    const leaks = Object.entries(found[time]).map(([place, text]) => ({ place, names: leaksIn(text, canaries) }));

    expect(leaks.filter(({ names }) => names.length > 0)).toEqual([]);
  });

  it("T14 leaves nothing sealed behind once the verdict is given", async () => {
    expect(await world.query("SELECT * FROM sealed")).toEqual([]);
  });

  it.each([
    ["text", `INSERT INTO rate_bucket (key, tat) VALUES ($1, now())`],
    ["bytes", `INSERT INTO evidence_body (sha256, body) VALUES (md5($1::text), convert_to($1, 'UTF8'))`],
    ["JSON", `INSERT INTO audit (actor, action, data) VALUES ('test', 'canary', jsonb_build_object('leak', $1::text))`],
  ])("the search itself finds every spelling in a column of %s", async (_, insert) => {
    const bird = canary("a leak");
    for (const form of Object.values(spellingsOf(bird.value))) await world.query(insert, [form]);

    const leaks = leaksIn(await databaseDump(world), [bird]);

    expect(leaks.toSorted()).toEqual(
      Object.keys(spellingsOf(""))
        .map((spelling) => `a leak (${spelling})`)
        .toSorted(),
    );
  });
}

async function everything(world: World, raw: RawQueue): Promise<Record<string, string>> {
  return {
    log: world.output(),
    database: await databaseDump(world),
    queue: await raw.dump(),
    files: await filesOf(world.folder),
    metrics: await world.metrics(),
  };
}

/** Every row of every table, in all schemas that are not the server's own; bytes also as the text they may hold. */
async function databaseDump(world: World): Promise<string> {
  const tables = await world.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    for (const row of await world.query<Record<string, unknown>>(`SELECT * FROM ${name}`)) {
      lines.push(`${name} ${Object.values(row).map(textOf).join("\n")}`);
    }
  }
  return lines.join("\n");
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.toString("latin1")}\n${value.toString("hex")}`;
  return typeof value === "string" ? value : `${JSON.stringify(value)}\n${stringsIn(value).join("\n")}`;
}

/** The strings of a JSON value as they are, not as JSON spells them. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

/** All files of the installation: configuration, the database's own, its log and its write-ahead log. */
async function filesOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1").catch(() => "")), // gone meanwhile
  );
  return texts.join("\n");
}
