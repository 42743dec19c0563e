import type { Finding } from "../../../src/domain/access.ts";
import { ciSecrets } from "../../../connectors/ci-secrets/index.ts";
import { closing, discover, look, openAt, theOne } from "./support.ts";
import { startWorld } from "./world.ts";
import type { World } from "./world.ts";

const refsOf = (findings: readonly Finding[]) => findings.map(({ ref }) => ref).toSorted();

/** Refs with the names of repositories in place of their ids. */
function named(world: World, findings: readonly Finding[]): readonly string[] {
  const names = new Map(world.github.state().repositories.map(({ id, name }) => [String(id), name]));
  return findings
    .map(({ ref }) =>
      ref
        .split("/")
        .map((part) => names.get(part) ?? part)
        .join("/"),
    )
    .toSorted();
}

describe("what a leaver could read", () => {
  it.each([{ name: "one", pageSize: 1 }, { name: "a hundred" }])(
    "is found whole, with pages of $name",
    async (options) => {
      const world = closing(await startWorld(options));
      const { session } = await openAt(world);

      const found = await look(session, world.leaver);

      expect(
        named(
          world,
          found.filter(({ kind }) => kind === "secret"),
        ),
      ).toEqual([
        "actions/environment/app/production/DEPLOY_KEY",
        "actions/organization/ORG_ALL",
        "actions/repository/app/NPM_TOKEN",
        "actions/repository/infra/STATE_TOKEN",
        "codespaces/repository/app/CACHE_TOKEN",
        "dependabot/organization/ORG_APP",
      ]);
      expect(refsOf(found.filter(({ kind }) => kind === "credential"))).toEqual(
        [world.awsKey.accessKeyId, world.kongKey.id].toSorted(),
      );
      expect(theOne(found, "exposure")).toMatchObject({
        ref: world.leaver.id,
        label: "could write to 2 repositories; 11 secrets within reach",
        facts: { repositories: 2, secrets: 11, byHand: 6, isOwner: false, plans: "deploy gateway" },
      });
      expect(world.github.writes()).toEqual([]);
      expect(world.github.violations()).toEqual([]);
    },
  );

  it("comes with a rank and a reason, the most urgent first", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world, { settings: { production: ["STATE_*"] } });

    const { findings } = await discover(session, world.leaver, "secret");

    expect(findings[0]).toMatchObject({ facts: { name: "STATE_TOKEN", rank: "high", production: true } });
    const deploy = findings.find(({ facts }) => facts["name"] === "DEPLOY_KEY");
    expect(deploy).toMatchObject({
      label: "Actions secret DEPLOY_KEY of app, environment production",
      facts: { production: true, narrowedBy: "someone else has to approve the run" },
    });
    expect(deploy?.facts["reason"]).toMatch(
      /workflow pushed to app.*but someone else has to approve.*unchanged for 365 days/,
    );
  });

  it("keeps its refs over looks", async () => {
    const world = closing(await startWorld());
    const first = await look((await openAt(world)).session, world.leaver);

    const second = await look((await openAt(world)).session, world.leaver, first);

    expect(refsOf(second)).toEqual(refsOf(first));
  });

  it.each([
    { login: "robin2", refs: ["actions/repository/billing/BILLING_TOKEN", "dependabot/organization/ORG_APP"] },
    { login: "robin-ci", refs: ["actions/repository/infra/STATE_TOKEN"] },
  ])("is told apart from what $login could", async ({ login, refs }) => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    const account = { id: String(world.github.user(login).id), label: login };

    const { findings } = await discover(session, account, "secret");

    expect(named(world, findings).filter((ref) => !ref.endsWith("ORG_ALL"))).toEqual(refs);
  });

  it("of an outside collaborator is what their repositories read", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    const account = { id: String(world.github.user("outsider").id), label: "outsider" };

    expect(named(world, (await discover(session, account, "secret")).findings)).toContain(
      "actions/repository/app/NPM_TOKEN",
    );
  });

  it("of an owner is everything", async () => {
    const world = closing(await startWorld());
    world.github.plant({ members: [{ login: "boss", role: "admin" }] });
    const { session } = await openAt(world);
    const account = { id: String(world.github.user("boss").id), label: "boss" };

    const found = await look(session, account);

    expect(theOne(found, "exposure")).toMatchObject({ risk: "admin", facts: { secrets: 14, isOwner: true } });
  });

  it("is listed by each kind alone as by all in a row", async () => {
    const world = closing(await startWorld());
    const inARow = await look((await openAt(world)).session, world.leaver);
    const alone = await discover((await openAt(world)).session, world.leaver, "secret");

    expect(refsOf(alone.findings)).toEqual(refsOf(inARow.filter(({ kind }) => kind === "secret")));
  });

  it("costs one survey a look, and each look makes its own", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    const surveys = () => world.github.calls().filter(({ path }) => path.startsWith("/orgs/acme/repos")).length;

    await look(session, world.leaver);
    expect(surveys()).toBe(1);
    await look(session, world.leaver);
    expect(surveys()).toBe(2);
  });

  it("leaves out the stores that are not used", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world, { settings: { stores: ["actions"], plans: [] } });

    const { findings } = await discover(session, world.leaver, "secret");

    expect(findings.every(({ ref }) => ref.startsWith("actions/"))).toBe(true);
    expect(world.github.calls().some(({ path }) => /dependabot|codespaces/.test(path))).toBe(false);
  });
});

describe("accounts", () => {
  it.each([{ name: "one", pageSize: 1 }, { name: "a hundred" }])(
    "are members and outside collaborators, with who they are at the identity provider, in pages of $name",
    async (options) => {
      const world = closing(await startWorld(options));
      const { session } = await openAt(world);
      const all = [];
      for await (const { items } of ciSecrets.accounts(session)) all.push(...items);

      expect(all.map(({ label }) => label).toSorted()).toEqual([
        "acme-owner",
        "outsider",
        "robin",
        "robin-ci",
        "robin2",
        "sam",
      ]);
      expect(all.find(({ label }) => label === "robin")).toMatchObject({
        id: world.leaver.id,
        attributes: { login: "robin" },
        identities: [{ by: "single sign-on of the organization acme", name: "robin.sample@example.com" }],
      });
    },
  );

  it("are found by id, whatever they are called now", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    world.github.rename("robin", "robin-sample");
    world.github.rename("robin2", "robin");

    expect(await ciSecrets.account(session, world.leaver.id)).toMatchObject({
      id: world.leaver.id,
      label: "robin-sample",
    });
    expect(await ciSecrets.account(session, "999999")).toBe(null);
  });
});
