import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aCase, anItem, aTarget } from "../../unit/cli/support.ts";
import { startFakeApi } from "./fake-api.ts";
import type { Answer, FakeApi } from "./fake-api.ts";
import { run } from "./run.ts";
import type { Ran } from "./run.ts";

const token = "ld_secretTokenOfTheOperator0001";
let api: FakeApi | null = null;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-cli-"));
});
afterEach(async () => {
  await api?.close();
  api = null;
  rmSync(folder, { recursive: true });
});

async function against(
  script: Readonly<Record<string, Answer | readonly Answer[]>>,
  words: readonly string[],
): Promise<Ran> {
  api = await startFakeApi(script);
  return await run(words, { env: { LASTDAY_URL: api.url, LASTDAY_TOKEN: token }, cwd: folder });
}

const open = aCase({});
const complete = aCase({
  state: "complete",
  verdict: { headline: "Gone from the 1 connected system", explanation: "1 credential verified dead by a later look." },
  targetList: [
    aTarget({ state: "finished", accounts: [{ accountId: "c1", label: "sam", strength: "strong", reason: "link" }] }),
  ],
  itemList: [
    anItem({
      revocation: { outcome: "revoked", reason: null, attempts: 1 },
      look: { verdict: "dead", grade: "probe", reason: null, looks: 2 },
      status: { badge: "verified", word: "Verified dead" },
    }),
  ],
  certificates: [{ id: "k1", kind: "final", outcome: "complete", issuedAt: "2026-11-22T03:00:09.000Z" }],
});
const held = aCase({ state: "awaiting_approval", stateReason: "guard", planSha256: "a".repeat(64) });
const casePath = `/api/v1/cases/${open.id}`;

describe("lastday offboard", () => {
  it("opens the case, tells what happens on standard error, and the verdict on standard output", async () => {
    const ran = await against(
      { "POST /api/v1/cases": { status: 201, json: open }, [`GET ${casePath}`]: [{ json: open }, { json: complete }] },
      ["offboard", "sam@example.com", "--reason", "left today", "--urgent", "--at", "2026-12-01T17:00:00+01:00"],
    );

    expect(ran.code).toBe(0);
    expect(api?.requests[0]).toMatchObject({
      method: "POST",
      path: "/api/v1/cases",
      authorization: `Bearer ${token}`,
      body: { userName: "sam@example.com", reason: "left today", urgent: true, at: "2026-12-01T16:00:00.000Z" },
    });
    expect(ran.err).toContain("dead: refused when tried");
    expect(ran.out).toContain("Gone from the 1 connected system");
    expect(ran.out).toContain("Verified dead");
  });

  it("names a person by id where it is given one", async () => {
    await against({ "POST /api/v1/cases": { status: 201, json: open } }, [
      "offboard",
      "019a8f00-0000-7000-8000-0000000000aa",
      "--reason",
      "left",
      "--no-wait",
    ]);

    expect(api?.requests[0]?.body).toMatchObject({ personId: "019a8f00-0000-7000-8000-0000000000aa" });
  });

  it("ends with 1 when a person has to decide first, and says what", async () => {
    const blocked = aCase({
      state: "awaiting_approval",
      blockedBy: [
        { kind: "approval", target: null, text: "0 of 2 approvals given.", who: "approver", nextTryAt: null },
      ],
    });
    const ran = await against(
      { "POST /api/v1/cases": { status: 201, json: blocked }, [`GET ${casePath}`]: { json: blocked } },
      ["offboard", "sam@example.com", "--reason", "left today"],
    );

    expect(ran.code).toBe(1);
    expect(ran.out).toContain("0 of 2 approvals given.");
  });

  it("looks without acting on --dry-run", async () => {
    const pending = { id: "p1", finished: false, targets: [{ target: "gw", state: "pending", result: null }] };
    const done = {
      ...pending,
      finished: true,
      targets: [{ target: "gw", state: "done", result: { kind: "no-account", listed: 2 } }],
    };
    const ran = await against(
      { "POST /api/v1/previews": { status: 202, json: pending }, "GET /api/v1/previews/p1": { json: done } },
      ["offboard", "sam@example.com", "--dry-run"],
    );

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining("nothing was written") });
    expect(api?.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/v1/previews",
      "GET /api/v1/previews/p1",
    ]);
  });

  it("shows what would end, what only would be named, why, and what else goes with it", async () => {
    const found = {
      kind: "found",
      accounts: [{ label: "sam", strength: "strong", reason: "confirmed link" }],
      freezes: false,
      items: [
        { kind: "deploy-key", label: "ci of acme/web", risk: "write", strategy: "delete" },
        { kind: "secret", label: "NPM_TOKEN", risk: "write", strategy: "rotate", reason: "could write acme/web" },
        { kind: "runner", label: "runner-7", risk: "admin", strategy: "report" },
      ],
      sideEffects: ["Deploy keys made with a token stop working when the token ends"],
      couldNotLook: [],
    };
    const preview = { id: "p1", finished: true, targets: [{ target: "gh", state: "done", result: found }] };
    const ran = await against({ "POST /api/v1/previews": { status: 202, json: preview } }, [
      "offboard",
      "sam",
      "--dry-run",
    ]);

    for (const text of [
      "2 credentials",
      "1 thing that it does not end",
      "NPM_TOKEN: could write acme/web",
      "Deploy keys made with a token stop working",
    ])
      expect(ran.out).toContain(text);
  });

  it("stops following when asked to, and leaves the case alone", async () => {
    api = await startFakeApi({
      "POST /api/v1/cases": { status: 201, json: open },
      [`GET ${casePath}`]: { json: open },
    });
    const ran = await run(["offboard", "sam@example.com", "--reason", "left today"], {
      env: { LASTDAY_URL: api.url, LASTDAY_TOKEN: token },
      interrupt: Promise.resolve("SIGINT"),
    });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("goes on") });
    expect(api.requests.every(({ path }) => !path.includes("cancellation"))).toBe(true);
  });

  it.each([
    { name: "no reason", words: ["offboard", "sam"], says: "A reason is needed" },
    { name: "a blank reason", words: ["offboard", "sam", "--reason", " "], says: "A reason is needed" },
    {
      name: "a time without a zone",
      words: ["offboard", "sam", "--reason", "x", "--at", "2026-12-01T17:00"],
      says: "Write it as",
    },
    {
      name: "a day that is none",
      words: ["offboard", "sam", "--reason", "x", "--at", "2026-02-30T17:00:00Z"],
      says: "Write it as",
    },
    { name: "a word for a time", words: ["offboard", "sam", "--reason", "x", "--at", "tomorrow"], says: "Write it as" },
    { name: "nobody", words: ["offboard", "--reason", "x"], says: "missing required argument 'userName'" },
    {
      name: "a dry run at a time",
      words: ["offboard", "sam", "--dry-run", "--at", "2026-12-01T17:00:00Z"],
      says: "--at has no meaning",
    },
    { name: "an unknown option", words: ["offboard", "sam", "--reson", "x"], says: "--reason" },
  ])("is wrong usage with $name, and asks no server", async ({ words, says }) => {
    const ran = await against({}, words);

    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(says) });
    expect(api?.requests).toEqual([]);
  });
});

describe("deciding", () => {
  it("binds an approval to the plan that was read", async () => {
    const ran = await against(
      {
        [`GET ${casePath}`]: { json: held },
        [`POST ${casePath}/approval`]: { status: 202, json: { given: 1, needed: 2, released: false } },
      },
      ["approve", open.id],
    );

    expect(ran).toMatchObject({ code: 0, out: "Your approval counts. 1 more approver must consent.\n" });
    expect(api?.requests[1]?.body).toEqual({ planSha256: "a".repeat(64) });
  });

  it("approves nothing that waits for nobody", async () => {
    const ran = await against({ [`GET ${casePath}`]: { json: complete } }, ["approve", open.id]);

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("The case is complete") });
    expect(api?.requests).toHaveLength(1);
  });

  it("answers a question with accounts", async () => {
    const ran = await against({ "POST /api/v1/questions/q1/answer": { json: { id: "q1" } } }, [
      "questions",
      "answer",
      "q1",
      "link",
      "--account",
      "a1",
      "a2",
    ]);

    expect(ran.code).toBe(0);
    expect(api?.requests[0]?.body).toEqual({ answer: "link", accountIds: ["a1", "a2"] });
  });

  it("says that nobody has to do anything by hand, or what, whose, where and by when", async () => {
    const none = await against({ "GET /api/v1/tasks": { json: { items: [], next: null } } }, ["tasks"]);
    expect(none).toMatchObject({ code: 0, out: "Nobody has to do anything by hand.\n" });
    await api?.close();

    const task = {
      id: "t1",
      caseId: "c1",
      target: "ci",
      kind: "secret",
      label: "DATABASE_URL of acme/web",
      what: "Replace it where it was issued",
      owner: "team-data",
      dueAt: "2026-12-01T00:00:00.000Z",
    };
    const one = await against({ "GET /api/v1/tasks": { json: { items: [task], next: null } } }, ["tasks"]);
    for (const text of ["t1", "team-data", "2026-12-01", "DATABASE_URL of acme/web"]) expect(one.out).toContain(text);
  });

  it("T12 proves a task with the old value from a file, never from the command line", async () => {
    writeFileSync(join(folder, "old"), "canary-old\n");
    const ran = await against({ "POST /api/v1/tasks/t1/old-value": { status: 202, json: {} } }, [
      "tasks",
      "prove",
      "t1",
      "--old-value-file",
      "old",
    ]);
    expect(ran.code).toBe(0);
    expect(api?.requests[0]?.body).toEqual({ value: "canary-old" });
    await api?.close();

    const missing = await against({}, ["tasks", "prove", "t1", "--old-value-file", "none"]);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("cannot be read") });
    expect(api?.requests).toEqual([]);
  });

  it("attests a task with a reason", async () => {
    const ran = await against({ "POST /api/v1/tasks/t1/attestation": { json: {} } }, [
      "tasks",
      "attest",
      "t1",
      "--reason",
      "replaced in the vault",
    ]);
    expect(ran).toMatchObject({ code: 0, out: "Attested.\n" });
    expect(api?.requests[0]?.body).toEqual({ reason: "replaced in the vault" });
  });

  it.each([
    { words: ["link", "sam", "gw", "77"], body: { userName: "sam", target: "gw", accountId: "77" } },
    {
      words: ["link", "add", "kit", "gw", "77", "--create-person"],
      body: { createPerson: { userName: "kit" }, target: "gw", accountId: "77" },
    },
  ])("links: $words", async ({ words, body }) => {
    const link = { id: "l1", personId: "p1", userName: "sam", target: "gw", accountId: "77" };
    const ran = await against({ "POST /api/v1/links": { status: 201, json: link } }, words);

    expect(ran.code).toBe(0);
    expect(api?.requests[0]?.body).toEqual(body);
  });
});

describe("lastday token create", () => {
  const made = {
    id: "t1",
    kind: "api",
    name: "soc",
    source: null,
    role: "operator",
    prefix: "ld_x",
    createdAt: "2026-11-22T03:00:00.000Z",
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    value: "ld_newValue",
  };

  it("prints the value alone on standard output, so that it can be kept in a file", async () => {
    const ran = await against({ "POST /api/v1/tokens": { status: 201, json: made } }, [
      "token",
      "create",
      "--kind",
      "api",
      "--name",
      "soc",
      "--role",
      "operator",
    ]);

    expect(ran).toMatchObject({ code: 0, out: "ld_newValue\n", err: expect.stringContaining("shown once") });
  });

  it.each([
    ["--kind", "source", "--name", "x"],
    ["--kind", "source", "--name", "x", "--source", "okta", "--role", "admin"],
    ["--kind", "api", "--name", "x"],
    ["--kind", "api", "--name", "x", "--role", "operator", "--source", "okta"],
    ["--kind", "other", "--name", "x"],
    ["--kind", "api", "--role", "operator"],
  ])("is wrong usage: %s %s %s %s %s %s", async (...words) => {
    const ran = await against({}, ["token", "create", ...words]);

    expect(ran.code).toBe(2);
    expect(api?.requests).toEqual([]);
  });
});

describe("lastday export", () => {
  const script = {
    [`GET ${casePath}`]: { json: complete },
    [`GET ${casePath}/certificate`]: { json: { certificate: true } },
    "GET /.well-known/lastday-trust.json": { json: { trust: true } },
  };

  it("writes both files byte for byte; the certificate only for its owner", async () => {
    const ran = await against(script, ["export", open.id, "--output", "audit", "--json"]);

    const files = JSON.parse(ran.out) as { kind: string; certificate: string; trust: string };
    expect(files.kind).toBe("final");
    expect(readFileSync(files.certificate, "utf8")).toBe('{"certificate":true}');
    expect(readFileSync(files.trust, "utf8")).toBe('{"trust":true}');
    expect(statSync(files.certificate).mode & 0o777).toBe(0o600);
  });

  it("says so when it cannot write", async () => {
    const ran = await against(script, ["export", open.id, "--output", "/dev/null/x"]);

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("Cannot write to /dev/null/x") });
  });
});

describe("--json", () => {
  it("prints the answer whole, fields that this version does not know included", async () => {
    const answer = { items: [{ ...open, newField: 1 }], next: null, counts: { byState: {} } };
    const ran = await against({ "GET /api/v1/cases": { json: answer } }, ["cases", "--json", "--state", "open"]);

    expect(JSON.parse(ran.out)).toEqual(answer);
    expect(api?.requests[0]?.path).toBe("/api/v1/cases?state=open&limit=50");
  });
});

describe("when it does not go", () => {
  it.each<{ name: string; answer: Answer; says: string[] }>([
    {
      name: "a refusal with its fields",
      answer: {
        status: 400,
        json: {
          type: "x",
          title: "The request is malformed",
          status: 400,
          code: "invalid-request",
          detail: "Check limit.",
          errors: [{ field: "limit", message: "must be a number" }],
        },
      },
      says: ["lastday: The request is malformed. Check limit.", "  limit: must be a number"],
    },
    {
      name: "no token accepted",
      answer: { status: 401, json: { title: "A token is needed", status: 401 } },
      says: ["lastday: A token is needed"],
    },
    {
      name: "a proxy's error page",
      answer: { status: 502, text: "<html>Bad Gateway</html>" },
      says: ["lastday: The server answered 502 Bad Gateway"],
    },
    {
      name: "another program on the port",
      answer: { text: "<html>Welcome</html>" },
      says: ["in a form this version does not know", "Lastday server of the same version"],
    },
    { name: "a redirect elsewhere", answer: { status: 302, text: "" }, says: ["No Lastday server answers"] },
    {
      name: "T31 a refusal that would move the cursor",
      answer: { status: 409, json: { title: "x\u001b[2J\u202e", status: 409 } },
      says: ["lastday: x\\u{1b}[2J\\u{202e}"],
    },
  ])("$name is told in plain words, without the token and without a stack", async ({ answer, says }) => {
    const ran = await against({ "GET /api/v1/cases": answer }, ["cases"]);

    expect(ran.code).toBe(1);
    for (const text of says) expect(ran.err).toContain(text);
    expect(ran.out + ran.err).not.toContain(token);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });

  it("says that no server runs, and how to start one", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));

    const ran = await run(["cases"], { env: { LASTDAY_URL: `http://127.0.0.1:${port}`, LASTDAY_TOKEN: token } });

    expect(ran.code).toBe(1);
    expect(ran.err).toBe(
      `lastday: No Lastday server answers at http://127.0.0.1:${port}/ (nothing listens there)\n` +
        "Start one with lastday start, or name another with --url or LASTDAY_URL.\n",
    );
  });
});

describe("help", () => {
  const commands = [
    "start",
    "api",
    "worker",
    "demo",
    "offboard",
    "cases list",
    "cases show",
    "cases cancel",
    "approve",
    "questions list",
    "questions answer",
    "tasks list",
    "tasks attest",
    "tasks prove",
    "link add",
    "link list",
    "link remove",
    "token create",
    "token list",
    "token revoke",
    "export",
    "config check",
    "config export",
    "doctor",
  ];

  it.each(commands)("of %s has an example and fits 80 columns", async (command) => {
    const ran = await run([...command.split(" "), "--help"]);

    expect(ran.code).toBe(0);
    expect(ran.out).toContain("Example:");
    const lines = ran.out.split("\n").filter((line) => !line.includes("$ lastday"));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("lists every command, and a wrong one is wrong usage", async () => {
    const help = await run(["--help"]);
    for (const name of commands.map((command) => command.split(" ")[0] ?? "")) expect(help.out).toContain(`  ${name} `);

    expect(await run(["ofboard"])).toMatchObject({ code: 2, err: expect.stringContaining("offboard") });
    expect(await run([])).toMatchObject({ code: 2 });
    expect(await run(["--version"])).toMatchObject({ code: 0, out: "1.2.3\n" });
  });
});

describe("lastday config", () => {
  it("checks as a start would; a second look at what it prints finds the same", async () => {
    const file = join(folder, "lastday.yaml");
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, "organization: Acme\nsources: [{ name: okta, kind: scim, tokens: [env:TOKEN] }]\n", {
      mode: 0o600,
    });
    const env = { TOKEN: "planted-secret-0001" };

    const checked = await run(["config", "check"], { cwd: folder, env });
    const exported = await run(["config", "export"], { cwd: folder, env });
    writeFileSync(file, exported.out, { mode: 0o600 });
    const again = await run(["config", "export"], { cwd: folder, env });

    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining("1 source, 0 targets") });
    expect(again).toEqual(exported);
    expect(exported.out).toContain("env:TOKEN");
    expect(checked.out + exported.out).not.toContain("planted-secret");
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  it("F22 names every problem, on standard error, with exit code 1", async () => {
    const ran = await run(["config", "check", "--config", "nowhere.yaml"], { cwd: folder });

    expect(ran).toMatchObject({ code: 1, out: "", err: expect.stringContaining("no such file") });
  });
});
