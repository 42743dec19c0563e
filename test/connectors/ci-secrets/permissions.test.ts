import { readFile } from "node:fs/promises";
import { ciSecrets } from "../../../connectors/ci-secrets/index.ts";
import type { Permission } from "../../../connectors/contract/connector.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { closing, look, openAt, rejection } from "./support.ts";
import type { OpenOptions } from "./support.ts";
import { pairIn, plans, startWorld } from "./world.ts";
import type { World } from "./world.ts";

type Stage = Permission["for"];

const folder = new URL("../../../connectors/ci-secrets/policies/", import.meta.url);
async function policy<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(name, folder), "utf8")) as T;
}

interface AppManifest {
  default_permissions: Record<string, "read" | "write">;
}
interface IamPolicy {
  Statement: { Action: string[] }[];
}

const namesOf = (stage: Stage, of: RegExp) =>
  ciSecrets.permissions.filter((one) => one.for === stage && of.test(one.name)).map(({ name }) => name);

const actionsOf = async (...stages: Stage[]) =>
  (await Promise.all(stages.map((stage) => policy<IamPolicy>(`iam/${stage}.json`)))).flatMap(({ Statement }) =>
    Statement.flatMap(({ Action }) => Action),
  );

describe("the policy files say what the manifest says", () => {
  it("of GitHub", async () => {
    const read = (await policy<AppManifest>("github/read.json")).default_permissions;
    const contain = (await policy<AppManifest>("github/contain.json")).default_permissions;
    const merged = {
      ...Object.fromEntries(namesOf("read", /=/).map((one) => one.split("="))),
      ...Object.fromEntries(namesOf("contain", /=/).map((one) => one.split("="))),
    };

    expect(
      Object.entries(read)
        .map((pair) => pair.join("="))
        .toSorted(),
    ).toEqual(namesOf("read", /=/).toSorted());
    expect(contain).toEqual(merged);
    expect(namesOf("delete", /=/)).toEqual([]);
  });

  it.each<Stage>(["read", "contain", "delete"])("of IAM and Kong, to %s", async (stage) => {
    const kong = await policy<{ endpoint: string; actions: string[] }[]>(`kong/${stage}.json`);

    expect(await actionsOf(stage)).toEqual(namesOf(stage, /^iam:/));
    expect(kong.flatMap(({ endpoint, actions }) => actions.map((action) => `${action} ${endpoint}`))).toEqual(
      namesOf(stage, / \//),
    );
  });
});

/**
 * GitHub's description does not let an App list the organization's Codespaces secrets, though its pages do: both are
 * tried without them.
 */
const forApps = {
  stores: ["actions", "dependabot"],
  plans: plans.map((plan) => ({
    ...plan,
    consumers: plan.consumers.filter((consumer) => consumer.in !== "codespaces"),
  })),
};

/** Opens as an App and an IAM user with exactly what the files give. */
async function openWith(world: World, app: "read" | "contain", iam: readonly Stage[], more: OpenOptions = {}) {
  const { appId, installationId, privateKey } = world.github.plantApp(
    (await policy<AppManifest>(`github/${app}.json`)).default_permissions,
  );
  const user = world.aws.plantAdmin({ allow: await actionsOf(...iam) });
  const { token: _token, ...others } = world.secrets;
  const limited = { ...world, secrets: others };
  return openAt(limited, {
    ...more,
    settings: { ...forApps, appId, installationId, rotateWhileReadable: true, ...more.settings },
    secrets: { privateKey, accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey },
  });
}

describe("the policy files are enough", () => {
  it("to observe", async () => {
    const world = closing(await startWorld());
    const { session } = await openWith(world, "read", ["read"], { ports: { access: "read" } });

    expect(await look(session, world.leaver)).toHaveLength(8);
    expect((await ciSecrets.check(session)).findings.filter(({ level }) => level !== "ok")).toEqual([]);
  });

  it("to rotate", async () => {
    const world = closing(await startWorld());
    const { session } = await openWith(world, "contain", ["read", "contain", "delete"]);

    for (const finding of (await look(session, world.leaver)).filter(({ kind }) => kind === "credential")) {
      expect(await new StoredRotation().go(session, finding)).toEqual({ state: "revoked" });
    }
    expect(world.awsWorks(pairIn(world.valueAt({ name: "AWS_DEPLOY", repository: "app" })))).toBe(true);
    expect(world.kongWorks(world.valueAt({ name: "GATEWAY", repository: "app", app: "dependabot" }))).toBe(true);
  });
});

describe("a permission that is missing is named", () => {
  it.each([
    { name: "organization_secrets=read", drop: "organization_secrets" },
    { name: "dependabot_secrets=read", drop: "dependabot_secrets" },
    { name: "environments=read", drop: "environments" },
    { name: "actions=read", drop: "actions" },
    { name: "members=read", drop: "members" },
  ])("$name, at GitHub", async ({ name, drop }) => {
    const world = closing(await startWorld());
    const { [drop]: _dropped, ...left } = (await policy<AppManifest>("github/read.json")).default_permissions;
    const { appId, installationId, privateKey } = world.github.plantApp(left);
    const { token: _token, ...others } = world.secrets;
    const { session } = await openAt(
      { ...world, secrets: others },
      { settings: { ...forApps, appId, installationId }, secrets: { privateKey } },
    );

    const thrown = await rejection(look(session, world.leaver));

    expect(thrown).toMatchObject({ code: "forbidden" });
    expect(String(thrown)).toContain(name);
  });

  it.each(["iam:ListAccessKeys", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"])(
    "%s, at AWS",
    async (name) => {
      const world = closing(await startWorld());
      const all = await actionsOf("read", "contain", "delete");
      const user = world.aws.plantAdmin({ allow: all.filter((action) => action !== name) });
      const finding = (await look((await openAt(world)).session, world.leaver)).find(
        ({ facts }) => facts["plan"] === "deploy",
      );
      if (finding === undefined) throw new Error("not found");
      const { session } = await openAt(world, {
        settings: { rotateWhileReadable: true },
        secrets: { accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey },
      });

      const thrown = await rejection(new StoredRotation().go(session, finding));

      expect(thrown).toMatchObject({ code: "forbidden" });
      expect(String(thrown)).toContain(name);
    },
  );
});

describe("the check", () => {
  it.each([
    {
      name: "a consumer that is not there",
      settings: (world: World) => ({ plans: planned(world, { name: "NOT_THERE" }) }),
      said: /NOT_THERE of app.* is not there/,
    },
    {
      name: "a user that is not there",
      settings: (world: World) => ({ plans: planned(world, {}, "nobody") }),
      said: /the IAM user nobody of the plan deploy is not there/,
    },
    {
      name: "a probe that lets anybody in",
      settings: ({ kong }: World) => ({ kong: { adminUrl: kong.adminUrl, probeUrl: `${kong.proxyUrl}/open` } }),
      said: /answers 200 to a request without a key/,
    },
    {
      name: "an organization that is not there",
      settings: () => ({ org: "nowhere" }),
      said: /no organization nowhere/,
    },
  ])("tells of $name", async ({ settings, said }) => {
    const world = closing(await startWorld());
    const { session } = await openAt(world, { settings: settings(world) });

    const { ok, findings } = await ciSecrets.check(session);

    expect(ok).toBe(false);
    expect(findings.filter(({ level }) => level === "error").some(({ what }) => said.test(what))).toBe(true);
    expect([...world.github.writes(), ...world.aws.writes(), ...world.kong.writes()]).toEqual([]);
  });

  it("tells of a token that is refused, once", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world, { secrets: { token: "ghp_wrong" } });

    const { ok, findings } = await ciSecrets.check(session);

    expect(ok).toBe(false);
    expect(findings).toHaveLength(1);
  });
});

function planned({ settings }: World, consumer: object, userName = "deploy") {
  const [first] = settings["plans"] as { consumers: object[] }[];
  return [
    { ...first, issuer: { kind: "aws-access-key", userName }, consumers: [{ ...first?.consumers[0], ...consumer }] },
  ];
}
