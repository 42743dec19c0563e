import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding } from "../../../src/domain/access.ts";
import { closing, discover, kindOf, openAt, rejection, rotationOf, said } from "./support.ts";
import type { OpenOptions } from "./support.ts";
import { startWorld } from "./world.ts";
import type { World } from "./world.ts";

async function found(name: string, options: OpenOptions = {}): Promise<{ world: World; finding: Finding }> {
  const world = closing(await startWorld());
  const { session } = await openAt(world, options);
  const { findings } = await discover(session, world.leaver, "secret");
  const finding = findings.find(({ facts }) => facts["name"] === name);
  if (finding === undefined) throw new Error(`${name} was not found`);
  return { world, finding };
}

const idOf = (world: World, name: string) => world.github.state().secrets.find((one) => one.name === name)?.id ?? 0;

/** Somebody sets a secret by hand. */
function setAnew(world: World, name: string): void {
  const row = world.github.state().secrets.find((one) => one.name === name);
  if (row === undefined) throw new Error("not planted");
  world.github.remove({ kind: "secrets", id: row.id });
  const repository = world.github.state().repositories.find(({ id }) => id === row.repositoryId)?.name;
  world.github.plant({
    secrets: [
      {
        name,
        value: "a new value",
        app: row.app,
        ...(repository === undefined ? {} : { repository }),
        createdAt: row.createdAt,
        updatedAt: Date.now(),
      },
    ],
  });
}

/** A service that an old value may open. */
async function aService(status: number) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers["x-token"] as string | undefined);
    response.writeHead(status).end("<html>whatever</html>");
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  closing({ close: () => new Promise<void>((done) => void server.close(() => done())) });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/balance`;
  return { seen, settings: { probes: [{ match: "NPM_*", url, header: "X-Token", prefix: "token " }] } };
}

describe("the task for a secret that no plan names", () => {
  it.each([
    { by: "nobody's rule", settings: {}, owner: "platform@example.com", days: 7 },
    { by: "the default", settings: { due: "2d" }, owner: "platform@example.com", days: 2 },
    {
      by: "a rule with a time of its own",
      settings: { owners: [{ match: "NPM_*", owner: "web", due: "3d" }] },
      owner: "web",
      days: 3,
    },
    {
      by: "the first rule that fits",
      settings: {
        owners: [
          { match: "DB_*", owner: "data" },
          { match: "*", owner: "all" },
        ],
      },
      owner: "all",
      days: 7,
    },
  ])("by $by is for $owner in $days days", async ({ settings, owner, days }) => {
    const { world, finding } = await found("NPM_TOKEN", { settings });
    const { session } = await openAt(world, { settings });

    const plan = rotationOf("secret").plan(session, finding);

    if (plan.kind !== "by-hand") throw new Error("expected a task");
    expect(plan.task.owner).toBe(owner);
    expect(Date.parse(plan.task.dueAt) - Date.parse(String(finding.facts["exposedAt"]))).toBe(days * 86_400_000);
    expect(plan.task.what).toContain("Actions secret NPM_TOKEN of app");
    expect(plan.task.what).toContain("a workflow pushed to app");
  });

  it.each(["create", "set", "test", "finish", "retire", "rollBack"] as const)(
    "%s is nothing that we could do",
    async (step) => {
      const { world, finding } = await found("NPM_TOKEN");
      const { session } = await openAt(world);
      const issued = { ref: "x", value: new Secret("x") };
      const turn = { token: "t", since: new Date() };

      const work =
        step === "create"
          ? rotationOf("secret").create(session, finding, turn)
          : rotationOf("secret")[step](session, finding, issued);

      expect(await rejection(work)).toMatchObject({ code: "unsupported" });
      expect(world.github.writes()).toEqual([]);
    },
  );
});

describe("a secret that a person replaces", () => {
  it.each<{ name: string; change: (world: World) => void; verdict: string }>([
    { name: "unchanged is alive", change: () => undefined, verdict: "alive by state" },
    {
      name: "with a new date is unknown, never dead",
      change: (world) => setAnew(world, "NPM_TOKEN"),
      verdict: "unknown by state",
    },
    {
      name: "deleted is unknown: the value may still work",
      change: (world) => world.github.remove({ kind: "secrets", id: idOf(world, "NPM_TOKEN") }),
      verdict: "unknown by absence",
    },
  ])("$name", async ({ change, verdict }) => {
    const { world, finding } = await found("NPM_TOKEN");
    change(world);
    const { session } = await openAt(world);

    expect(said(await kindOf("secret").verify(session, finding, null))).toBe(verdict);
  });

  it.each([
    { status: 401, verdict: "dead by probe" },
    { status: 403, verdict: "dead by probe" },
    { status: 200, verdict: "alive by probe" },
    { status: 404, verdict: "unknown by probe" },
    { status: 302, verdict: "unknown by probe" },
  ])("whose old value is answered $status is $verdict, whatever GitHub's date says", async ({ status, verdict }) => {
    const { seen, settings } = await aService(status);
    const { world, finding } = await found("NPM_TOKEN", { settings });
    const { session } = await openAt(world, { settings });

    const looked = await kindOf("secret").verify(session, finding, { material: new Secret("canary-old-value") });

    expect(said(looked)).toBe(verdict);
    expect(seen).toEqual(["token canary-old-value"]);
    expect(JSON.stringify(looked)).not.toContain("canary");
  });

  it.each([429, 500, 503])("whose old value is answered %d tells nothing, and is tried again", async (status) => {
    const { settings } = await aService(status);
    const { world, finding } = await found("NPM_TOKEN", { settings });
    const { session } = await openAt(world, { settings });

    const thrown = await rejection(kindOf("secret").verify(session, finding, { material: new Secret("old") }));

    expect(thrown).toMatchObject({ code: status === 429 ? "rate-limited" : "unavailable" });
  });

  it.each([
    { name: "that was renamed, by its id", repository: "infra-before", id: null, verdict: "alive by state" },
    { name: "whose name another took, by its id", repository: "docs", id: null, verdict: "alive by state" },
    {
      name: "that is gone, not in one that has its name now",
      repository: "infra",
      id: 424242,
      verdict: "unknown by absence",
    },
  ])("is looked for in the repository $name", async ({ repository, id, verdict }) => {
    const { world, finding } = await found("STATE_TOKEN");
    const { session } = await openAt(world);
    const ref = id === null ? finding.ref : finding.ref.replace(/\/\d+\//, `/${id}/`);
    const remembered = { ...finding, ref, facts: { ...finding.facts, repository } };

    expect(said(await kindOf("secret").verify(session, remembered, null))).toBe(verdict);
  });
});
