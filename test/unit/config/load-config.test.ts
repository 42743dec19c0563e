import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { z } from "zod";
import { ConfigError, loadConfig } from "../../../src/config/index.ts";
import type { ConfigProblem, Environment, LoadConfigOptions } from "../../../src/config/index.ts";

class FakeSecret {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const gateway = {
  id: "gateway-keys",
  version: "1.2.3",
  settings: z.strictObject({ adminUrl: z.url(), pageSize: z.int().default(100) }),
  secrets: z.strictObject({ adminToken: z.instanceof(FakeSecret).optional() }),
  origins: ({ adminUrl }: { adminUrl: string }) => [new URL(adminUrl).origin],
};

const planted = "sk_live_51H8xPlanted00Secret";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-config-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function load(yaml: string | null, env: Environment = {}, more: Partial<LoadConfigOptions> = {}) {
  if (yaml !== null) writeFileSync(join(folder, "lastday.yaml"), yaml, { mode: 0o600 });
  return loadConfig({
    env,
    cwd: folder,
    connectors: [gateway],
    wrapSecret: (text: string) => new FakeSecret(text),
    ...more,
  });
}

function problemsOf(act: () => unknown): readonly ConfigProblem[] {
  const error = errorOf(act);
  return error.problems;
}

function errorOf(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

const complete = `
organization: Acme
listen: 127.0.0.1:0
adminListen: "[::1]:4401"
publicUrl: https://lastday.example.com/
dataDir: ./state
trustedProxies: [10.0.0.0/8, 192.0.2.7]
basePath: /lastday
database: { url: env:DB }
queue: { redisUrl: env:QUEUE }
sources:
  - { name: okta, kind: scim, dialect: okta, tokens: [env:OKTA_SCIM_TOKEN], bareToken: true }
targets:
  - name: gateway
    connector: gateway-keys
    mode: enforce
    settings: { adminUrl: "https://gateway.example.com" }
    secrets: { adminToken: env:GATEWAY_TOKEN }
    match: [{ attribute: custom_id, equals: "{externalId}", trusted: true }]
    settle: 250ms
policy: { sla: 90m, lookGap: 1s, watch: [1s, 2s], guard: { tenMinutes: 7 }, protected: [Root@Example.com] }
`;
const completeEnv = {
  DB: "postgresql://lastday:pw@db.example.com/lastday",
  QUEUE: "rediss://:pw@redis.example.com:6379",
  OKTA_SCIM_TOKEN: "okta-token-0001",
  GATEWAY_TOKEN: planted,
};

describe("a configuration that says everything", () => {
  it("is read with its defaults, in the units of the program", () => {
    const config = load(complete, completeEnv);

    expect(config).toMatchObject({
      file: join(folder, "lastday.yaml"),
      organization: "Acme",
      listen: { host: "127.0.0.1", port: 0 },
      adminListen: { host: "::1", port: 4401 },
      publicUrl: "https://lastday.example.com",
      dataDir: join(folder, "state"),
      tls: null,
      trustedProxies: ["10.0.0.0/8", "192.0.2.7/32"],
      basePath: "/lastday",
      sources: [{ name: "okta", kind: "scim", dialect: "okta", bareToken: true }],
      targets: [
        {
          name: "gateway",
          connector: "gateway-keys",
          connectorVersion: "1.2.3",
          mode: "enforce",
          settings: { adminUrl: "https://gateway.example.com", pageSize: 100 },
          match: [{ attribute: "custom_id", equals: "{externalId}", trusted: true }],
          settleMs: 250,
          rateShare: 0.25,
          concurrency: 8,
          insecure: false,
        },
      ],
      policy: {
        deleteAfterMs: 30 * 86_400_000,
        watchMs: [1_000, 2_000],
        slaMs: 5_400_000,
        lookGapMs: 1_000,
        guard: { tenMinutes: 7, day: 20 },
        protected: ["root@example.com"],
      },
      warnings: [],
    });
    expect(config.database?.url.reveal()).toBe(completeEnv.DB);
    expect(config.queue?.redisUrl.reveal()).toBe(completeEnv.QUEUE);
    expect(config.sources[0]?.tokens.map(({ value }) => value.reveal())).toEqual(["okta-token-0001"]);
    expect(config.targets[0]?.secrets).toEqual({ adminToken: new FakeSecret(planted) });
  });

  it("is the same however it is spelled: the digest counts what acts, not where a process runs nor its secrets", () => {
    const digest = load(complete, completeEnv).digest;

    expect(load(complete, { ...completeEnv, GATEWAY_TOKEN: "another", LASTDAY_LISTEN: "0.0.0.0:80" }).digest).toBe(
      digest,
    );
    expect(load(complete.replace("90m", "5400s"), completeEnv).digest).toBe(digest);
    expect(load(complete.replace("mode: enforce", "mode: observe"), completeEnv).digest).not.toBe(digest);
    expect(load(complete.replace("env:GATEWAY_TOKEN", "env:DB"), completeEnv).digest).not.toBe(digest);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("gives each process only the secrets that its part needs", () => {
    const api = load(complete, { ...completeEnv, GATEWAY_TOKEN: undefined }, { parts: { api: true, workers: false } });
    const worker = load(
      complete,
      { ...completeEnv, OKTA_SCIM_TOKEN: undefined },
      { parts: { api: false, workers: true } },
    );

    expect(api.targets[0]?.secrets).toBeNull();
    expect(api.sources[0]?.tokens).toHaveLength(1);
    expect(worker.sources[0]?.tokens).toHaveLength(0);
    expect(worker.digest).toBe(api.digest);
  });
});

describe("no file at all", () => {
  it("starts with no sources, no targets, on loopback, and says so", () => {
    const config = load(null);

    expect(config).toMatchObject({
      file: null,
      organization: "Unnamed organization",
      listen: { host: "127.0.0.1", port: 4400 },
      adminListen: { host: "127.0.0.1", port: 4401 },
      publicUrl: null,
      dataDir: join(folder, "data"),
      database: null,
      queue: null,
      sources: [],
      targets: [],
      policy: { slaMs: 4 * 3_600_000, lookGapMs: 5_000, guard: { tenMinutes: 5, day: 20 }, protected: [] },
    });
    expect(config.warnings.map(({ path }) => path)).toEqual(["lastday.yaml"]);
  });
});

describe("the environment", () => {
  it("overrides the file", () => {
    const config = load(complete, {
      ...completeEnv,
      LASTDAY_LISTEN: "0.0.0.0:8080",
      LASTDAY_ADMIN_LISTEN: "127.0.0.1:9090",
      LASTDAY_PUBLIC_URL: "http://other.example.com",
      LASTDAY_DATA: "elsewhere",
      DATABASE_URL: "postgres://x@127.0.0.1/y",
      REDIS_URL: "redis://127.0.0.1:6379/3",
      LASTDAY_KEY_PASSPHRASE: "correct horse",
      LASTDAY_LOG_LEVEL: "debug",
    });

    expect(config).toMatchObject({
      listen: { host: "0.0.0.0", port: 8080 },
      adminListen: { port: 9090 },
      publicUrl: "http://other.example.com",
      dataDir: join(folder, "elsewhere"),
      logLevel: "debug",
    });
    expect(config.database?.url.reveal()).toBe("postgres://x@127.0.0.1/y");
    expect(config.queue?.redisUrl.reveal()).toBe("redis://127.0.0.1:6379/3");
    expect(config.keyPassphrase?.reveal()).toBe("correct horse");
  });

  it.each([
    { name: "LASTDAY_LISTEN", value: "4400", found: '"4400"' },
    { name: "LASTDAY_ADMIN_LISTEN", value: "localhost:99999", found: '"localhost:99999"' },
    { name: "LASTDAY_PUBLIC_URL", value: "ftp://x", found: '"ftp://x"' },
    { name: "LASTDAY_LOG_LEVEL", value: "inof", found: '"inof"' },
    { name: "LASTDAY_REDIS_INSECURE", value: "yes", found: '"yes"' },
    { name: "DATABASE_URL", value: "mysql://root:hunter2@db/x", found: "an address that begins with mysql:" },
    { name: "REDIS_URL", value: "hunter2", found: "no address (not shown)" },
    {
      name: "REDIS_URL",
      value: "redis://redis.example.com",
      found: "a Redis beyond loopback without TLS and a password",
    },
  ])("names $name when it is $found", ({ name, value, found }) => {
    const problems = problemsOf(() => load(complete, { ...completeEnv, [name]: value }));

    expect(problems).toEqual([expect.objectContaining({ path: name, found })]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it.each(["LASTDAY_LISTEN", "LASTDAY_DATA", "DATABASE_URL", "REDIS_URL", "LASTDAY_KEY_PASSPHRASE", "LASTDAY_CONFIG"])(
    "I14 an empty %s is a mistake, never a silent default",
    (name) => {
      expect(problemsOf(() => load(complete, { ...completeEnv, [name]: "" }))).toEqual([
        expect.objectContaining({ path: name, found: "an empty text" }),
      ]);
    },
  );

  it("says which of our variables mean nothing, unless the file refers to them", () => {
    const yaml = "sources: [{ name: okta, kind: scim, tokens: [env:LASTDAY_OKTA] }]";

    const config = load(yaml, { LASTDAY_OKTA: "token-of-okta", LASTDAY_LISTN: "127.0.0.1:1" });

    expect(config.warnings).toEqual([
      expect.objectContaining({ path: "LASTDAY_LISTN", fix: 'Did you mean "LASTDAY_LISTEN"?' }),
    ]);
  });
});

describe("F22 a wrong file", () => {
  const target = "{ name: gw, connector: gateway-keys, settings: { adminUrl: 'https://gw.example.com' }";
  it.each<{ name: string; yaml: string; problems: Partial<ConfigProblem>[] }>([
    {
      name: "a mistyped key is answered with the nearest known one",
      yaml: "organisation: Acme",
      problems: [{ path: "organisation", found: "a key that does not exist", expected: '"organization"' }],
    },
    {
      name: "a key far from any lists them all",
      yaml: "policy: { colour: red }",
      problems: [{ path: "policy.colour", expected: "one of deleteAfter, watch, sla, lookGap, guard, protected" }],
    },
    {
      name: "keys inside lists are named by position",
      yaml: `targets: [${target}, mod: enforce }]`,
      problems: [{ path: "targets[0].mod", expected: '"mode"' }],
    },
    {
      name: "a number where a duration belongs",
      yaml: "policy: { sla: 4 }",
      problems: [{ path: "policy.sla", found: "4 (a number)", expected: expect.stringContaining("4h or 30d") }],
    },
    {
      name: "watch times that fall",
      yaml: "policy: { watch: [2h, 1h] }",
      problems: [{ path: "policy.watch", found: "a list of 2" }],
    },
    {
      name: "I14 a list left empty by mistake",
      yaml: "targets:\nsources:\n",
      problems: [
        { path: "sources", found: "an empty value", expected: "a list" },
        { path: "targets", found: "an empty value", expected: "a list" },
      ],
    },
    {
      name: "a guard that allows more in ten minutes than in a day",
      yaml: "policy: { guard: { tenMinutes: 50 } }",
      problems: [{ path: "policy.guard.day" }],
    },
    {
      name: "an unknown kind of source",
      yaml: "sources: [{ name: hr, kind: scimm }]",
      problems: [{ path: "sources[0].kind", found: '"scimm"', expected: '"scim"' }],
    },
    {
      name: "an unknown connector",
      yaml: "targets: [{ name: gw, connector: gatewaykeys }]",
      problems: [{ path: "targets[0].connector", found: '"gatewaykeys"', expected: '"gateway-keys"' }],
    },
    {
      name: "a setting the connector does not have",
      yaml: "targets: [{ name: gw, connector: gateway-keys, settings: { adminURL: 'https://gw.example.com' } }]",
      problems: [
        { path: "targets[0].settings.adminUrl", found: "nothing", expected: "a text" },
        { path: "targets[0].settings.adminURL", expected: '"adminUrl"' },
      ],
    },
    {
      name: "a secret the connector does not have",
      yaml: `targets: [${target}, secrets: { admintoken: env:TOKEN } }]`,
      problems: [{ path: "targets[0].secrets.admintoken", expected: '"adminToken"' }],
    },
    {
      name: "a name that could not stand in a queue or URL",
      yaml: `targets: [{ name: "GW prod", connector: gateway-keys, settings: { adminUrl: "https://gw.example.com" } }]`,
      problems: [{ path: "targets[0].name", found: '"GW prod"' }],
    },
    {
      name: "a name used twice",
      yaml: `targets: [${target} }, ${target} }]`,
      problems: [{ path: "targets[1].name", found: '"gw" a second time' }],
    },
    {
      name: "a source name used twice",
      yaml: "sources: [{ name: okta, kind: scim }, { name: okta, kind: scim }]",
      problems: [{ path: "sources[1].name", found: '"okta" a second time' }],
    },
    {
      name: "two sources with one token, which could not be told apart",
      yaml: "sources: [{ name: a, kind: scim, tokens: [env:TOKEN] }, { name: b, kind: scim, tokens: [env:TOKEN] }]",
      problems: [{ path: "sources[1].tokens[0]", found: "the same token as source a" }],
    },
    {
      name: "I05 a match that names nothing of the person would match one account for everybody",
      yaml: `targets: [${target}, match: [{ attribute: custom_id, equals: root }] }]`,
      problems: [{ path: "targets[0].match[0].equals", found: '"root"' }],
    },
    {
      name: "a match with a placeholder that does not exist",
      yaml: `targets: [${target}, match: [{ attribute: custom_id, equals: "{mail}" }] }]`,
      problems: [{ path: "targets[0].match[0].equals" }],
    },
    {
      name: "plain http beyond loopback",
      yaml: "targets: [{ name: gw, connector: gateway-keys, settings: { adminUrl: 'http://gw.example.com' } }]",
      problems: [{ path: "targets[0].settings", found: "http://gw.example.com, plain http beyond loopback" }],
    },
    {
      name: "every problem at once",
      yaml: "organisation: Acme\nlisten: 4400\ntargets: [{ name: gw, connector: nope }]\nsources: [{ name: A, kind: scim }]",
      problems: [
        { path: "listen", found: "4400 (a number)" },
        { path: "sources[0].name" },
        { path: "organisation" },
        { path: "targets[0].connector" },
      ],
    },
    { name: "a list instead of keys", yaml: "- organization: Acme", problems: [{ path: "", expected: "a section" }] },
    { name: "one word", yaml: "lastday", problems: [{ path: "", found: '"lastday"', expected: "a section" }] },
  ])("$name", ({ yaml, problems }) => {
    expect(problemsOf(() => load(yaml, { TOKEN: "token-of-somebody" }))).toEqual(
      problems.map((problem) => expect.objectContaining(problem)),
    );
  });

  it("shows all of them in one message, a line each", () => {
    const error = errorOf(() => load("organisation: Acme\npolicy: { sla: 4 }"));

    expect(error.code).toBe("config-invalid");
    expect(error.message).toBe(
      [
        "lastday.yaml has 2 problems:",
        "  policy.sla: found 4 (a number); expected a duration of at least 1s, such as 250ms, 90s, 15m, 4h or 30d",
        '  organisation: found a key that does not exist; expected "organization"',
      ].join("\n"),
    );
  });

  it.each([
    { name: "empty", yaml: "", code: "config-unreadable", found: "an empty file" },
    { name: "only comments", yaml: "# nothing yet\n", code: "config-unreadable", found: "an empty file" },
    {
      name: "a key twice",
      yaml: "listen: a\nlisten: b\n",
      code: "config-unreadable",
      found: "line 2, column 1: duplicate key",
    },
    {
      name: "a tab",
      yaml: "policy:\n\tsla: 4h\n",
      code: "config-unreadable",
      found: "line 2, column 1: tab as indent",
    },
    {
      name: "aliases that multiply",
      yaml: `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${"*a,".repeat(40)}]\nc: [${"*b,".repeat(40)}]\n`,
      code: "config-unreadable",
      found: "aliases that multiply or lead nowhere",
    },
    {
      name: "__proto__",
      yaml: "__proto__: { organization: Acme }",
      code: "config-invalid",
      found: "a key that does not exist",
    },
  ])("is refused: $name", ({ yaml, code, found }) => {
    const error = errorOf(() => load(yaml));

    expect(error.code).toBe(code);
    expect(error.problems).toEqual([expect.objectContaining({ found: expect.stringContaining(found) })]);
  });

  it("a file that was named must exist, and lastday.yml is not passed over in silence", () => {
    expect(errorOf(() => load(null, {}, { file: "other.yaml" })).code).toBe("config-missing");
    expect(errorOf(() => load(null, { LASTDAY_CONFIG: "other.yaml" })).code).toBe("config-missing");
    writeFileSync(join(folder, "lastday.yml"), "organization: Acme");
    expect(errorOf(() => load(null)).message).toContain("rename it");
  });
});

describe("I15 secrets", () => {
  it.each([
    {
      name: "a token",
      yaml: `sources: [{ name: okta, kind: scim, tokens: ["${planted}"] }]`,
      path: "sources[0].tokens[0]",
    },
    { name: "a database address", yaml: `database: { url: "postgresql://u:${planted}@db/x" }`, path: "database.url" },
    {
      name: "a secret of a target",
      yaml: `targets: [{ name: gw, connector: gateway-keys, settings: { adminUrl: "https://gw.example.com" }, secrets: { adminToken: "${planted}" } }]`,
      path: "targets[0].secrets.adminToken",
    },
    { name: "a secret under a wrong key", yaml: `adminToken: "${planted}"`, path: "adminToken" },
    { name: "a secret in the wrong place", yaml: `policy: { sla: "${planted}" }`, path: "policy.sla" },
    { name: "a secret in a broken file", yaml: `organization: "${planted}\nlisten: x: y`, path: "" },
  ])("T12 $name written out is refused and never repeated", ({ yaml, path }) => {
    const error = errorOf(() => load(yaml));

    expect(error.problems.map((problem) => problem.path)).toContain(path);
    expect(inspect(error, { depth: 9 }) + error.message + JSON.stringify(error)).not.toContain(planted);
  });

  it("prints nothing of a loaded secret, however it is printed", () => {
    const config = load(complete, { ...completeEnv, OKTA_SCIM_TOKEN: planted });

    const { targets: _targets, ...printed } = config;
    expect(inspect(printed, { depth: 9, showHidden: true }) + JSON.stringify(printed)).not.toContain(planted);
    expect(String(config.sources[0]?.tokens[0]?.value)).toBe("[redacted]");
  });

  it.each([
    { name: "an unset variable", ref: "env:MISSING", found: "env:MISSING, which is not set" },
    { name: "an empty variable", ref: "env:EMPTY", found: "env:EMPTY, which is empty" },
    { name: "a missing file", ref: "file:./nowhere", found: "file:./nowhere, which cannot be read (ENOENT)" },
    { name: "a folder", ref: "file:.", found: "file:., which is not a plain file" },
    { name: "an empty file", ref: "file:./blank", found: "file:./blank, which is empty" },
    { name: "a closed sealed store", ref: "sealed:okta", found: "sealed:okta, which is not set" },
  ])("names the reference to $name", ({ ref, found }) => {
    writeFileSync(join(folder, "blank"), "\n");
    const problems = problemsOf(() =>
      load(`sources: [{ name: okta, kind: scim, tokens: ["${ref}"] }]`, { EMPTY: " " }),
    );

    expect(problems).toEqual([
      expect.objectContaining({ path: "sources[0].tokens[0]", found: expect.stringContaining(found) }),
    ]);
  });

  it("reads a file without its last line break, and warns when others may read it", () => {
    const file = join(folder, "token");
    writeFileSync(file, "token-in-a-file\n", { mode: 0o600 });
    const yaml = "sources: [{ name: okta, kind: scim, tokens: ['file:./token'] }]";

    expect(load(yaml).warnings).toEqual([]);
    chmodSync(file, 0o640);

    const config = load(yaml);
    expect(config.sources[0]?.tokens[0]?.value.reveal()).toBe("token-in-a-file");
    expect(config.warnings).toEqual([expect.objectContaining({ fix: `chmod 600 ${file}` })]);
  });

  it("reads the sealed store where one is open", () => {
    const yaml = "sources: [{ name: okta, kind: scim, tokens: ['sealed:okta'] }]";

    const config = load(yaml, {}, { sealed: (name) => (name === "okta" ? "sealed-token" : null) });

    expect(config.sources[0]?.tokens[0]?.value.reveal()).toBe("sealed-token");
  });
});

describe("Redis", () => {
  it.each([
    { name: "loopback needs nothing", queue: "redis://127.0.0.1:6379", more: "", problems: [] },
    { name: "beyond it, TLS and a password", queue: "rediss://:pw@redis.example.com", more: "", problems: [] },
    {
      name: "T28 a password alone is not enough",
      queue: "redis://:pw@redis.example.com",
      more: "",
      problems: ["a Redis beyond loopback without TLS"],
    },
    {
      name: "T28 TLS alone is not enough",
      queue: "rediss://redis.example.com",
      more: "",
      problems: ["a Redis beyond loopback without a password"],
    },
    {
      name: "unless the operator says that its network is private",
      queue: "redis://redis",
      more: ", insecure: true",
      problems: [],
    },
  ])("$name", ({ queue, more, problems }) => {
    const yaml = `queue: { redisUrl: env:QUEUE${more} }`;

    if (problems.length === 0) expect(load(yaml, { QUEUE: queue }).queue?.redisUrl.reveal()).toBe(queue);
    else expect(problemsOf(() => load(yaml, { QUEUE: queue })).map(({ found }) => found)).toEqual(problems);
  });

  it("is shared under a prefix of one's own", () => {
    const env = { REDIS_URL: "redis://127.0.0.1:6379" };

    expect(load(null, env).queue?.prefix).toBe("lastday");
    expect(load("queue: { redisUrl: env:REDIS_URL, prefix: staging }", env).queue?.prefix).toBe("staging");
  });
});

describe("the passphrase of the signing key", () => {
  it("can be in a file; a missing file stops the start", () => {
    writeFileSync(join(folder, "pass"), "correct horse\n", { mode: 0o600 });

    expect(load(null, { LASTDAY_KEY_PASSPHRASE_FILE: "pass" }).keyPassphrase?.reveal()).toBe("correct horse");
    expect(problemsOf(() => load(null, { LASTDAY_KEY_PASSPHRASE_FILE: "none" }))).toEqual([
      expect.objectContaining({ path: "LASTDAY_KEY_PASSPHRASE_FILE" }),
    ]);
  });
});

describe("what the redactor has to know", () => {
  it("is every secret that was read, and nothing that was not", () => {
    const texts = load(complete, completeEnv).secretTexts.map((secret) => secret.reveal());

    expect(texts.toSorted()).toEqual(Object.values(completeEnv).toSorted());
  });
});

describe("warnings", () => {
  it.each([
    { name: "tokens in clear beyond loopback", yaml: "listen: 0.0.0.0:4400", paths: ["listen"] },
    {
      name: "behind a named proxy there is no such warning",
      yaml: "listen: 0.0.0.0:4400\ntrustedProxies: [10.0.0.1]",
      paths: [],
    },
  ])("$name", ({ yaml, paths }) => {
    expect(load(yaml).warnings.map(({ path }) => path)).toEqual(paths);
  });

  it("a file that others can change", () => {
    writeFileSync(join(folder, "lastday.yaml"), "organization: Acme");
    chmodSync(join(folder, "lastday.yaml"), 0o666);

    expect(load(null).warnings).toEqual([expect.objectContaining({ fix: expect.stringContaining("chmod go-w") })]);
  });
});
