import { readFile } from "node:fs/promises";
import { awsIam } from "../../../connectors/aws-iam/index.ts";
import { reference } from "../../../connectors/testkit/fakes/aws-iam/reference.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
import { accountOf, anAccount, freeze, kindOf, look, openAt, rejection, unfreeze } from "./support.ts";

type Use = "read" | "contain" | "delete";

interface Statement {
  Effect: string;
  Action: string | readonly string[];
  Resource: string;
}

async function policyFor(use: Use): Promise<readonly Statement[]> {
  const file = new URL(`../../../connectors/aws-iam/policies/${use}.json`, import.meta.url);
  return (JSON.parse(await readFile(file, "utf8")) as { Statement: readonly Statement[] }).Statement;
}

/** What our identity needs in the account itself, for one use. */
function permissionsFor(use: Use): readonly string[] {
  return awsIam.permissions.filter((one) => one.for === use && one.where === undefined).map(({ name }) => name);
}

/** An account with a leaver, where we may do exactly what these policies say. */
async function limitedTo(...uses: readonly Use[]) {
  const aws = await anAccount();
  const leaver = plantLeaver(aws, "robin.sample");
  const Statement = (await Promise.all(uses.map(policyFor))).flat();
  const { users } = aws.plant({
    users: [{ name: "lastday", accessKeys: [{}], inline: { rights: { Version: "2012-10-17", Statement } } }],
  });
  const [keys] = users[0]?.accessKeys ?? [];
  if (keys === undefined) throw new Error("nobody was planted");
  return { aws, leaver, account: accountOf(leaver), ...(await openAt(aws, { keys })) };
}

const ended = Object.keys(awsIam.kinds).filter((kind) => awsIam.kinds[kind]?.revoke !== undefined);

describe("the policy files", () => {
  it.each(["read", "contain", "delete"] as const)("say what the manifest says, for %s", async (use) => {
    const statements = await policyFor(use);

    expect(statements.every(({ Effect }) => Effect === "Allow")).toBe(true);
    expect(statements.flatMap(({ Action }) => [Action].flat()).toSorted()).toEqual([...permissionsFor(use)].toSorted());
  });

  it("I15 make the reads of the manifest reads of IAM, and nothing else", () => {
    const known = awsIam.reads.map((action) => [action, reference[action]?.access]);

    expect(known.filter(([, access]) => access !== "read")).toEqual([]);
    expect(awsIam.reads).toEqual([...new Set(awsIam.reads)]);
    const changes = awsIam.permissions.filter((one) => one.for !== "read").map(({ name }) => name.replace("iam:", ""));
    expect(
      changes.map((action) => [action, reference[action]?.access]).filter(([, access]) => access !== "write"),
    ).toEqual([]);
  });

  it("are enough to observe, and let nothing be changed", async () => {
    const { aws, leaver, session, account } = await limitedTo("read");
    const before = aws.stateOf(leaver.id);

    const { troubles, gaps, findings } = await look(session, account);
    for await (const { complete } of awsIam.accounts(session)) expect(complete).toBe(true);
    for (const finding of findings) await kindOf(finding.kind).verify(session, finding, null);

    expect([...troubles, ...gaps]).toEqual([]);
    expect(await freeze(session, account)).toMatchObject({ state: "unsupported" });
    for (const finding of findings.filter(({ kind }) => ended.includes(kind))) {
      expect(await rejection(kindOf(finding.kind).revoke(session, finding))).toMatchObject({ code: "forbidden" });
    }
    expect(aws.stateOf(leaver.id)).toBe(before);
  });

  it("are enough to freeze and to switch off and on, with the second", async () => {
    const { aws, leaver, session, account } = await limitedTo("read", "contain");
    const before = aws.stateOf(leaver.id);
    const { findings } = await look(session, account);
    const switchable = findings.filter(({ kind }) => awsIam.kinds[kind]?.disable !== undefined);

    expect(await freeze(session, account)).toMatchObject({ state: "disabled" });
    for (const finding of switchable) {
      expect(await kindOf(finding.kind).disable(session, finding)).toMatchObject({ state: "disabled" });
    }
    expect(aws.aliveOf(leaver.id).map(({ kind }) => kind)).not.toContain("access-key");
    for (const finding of switchable) await kindOf(finding.kind).restore(session, finding);
    await unfreeze(session, account);

    expect(aws.stateOf(leaver.id)).toBe(before);
  });

  it("are enough for everything, with the third", async () => {
    const { aws, leaver, session, account } = await limitedTo("read", "contain", "delete");
    await freeze(session, account);
    const { findings } = await look(session, account);

    for (const kind of ended) {
      for (const finding of findings.filter((one) => one.kind === kind)) {
        expect((await kindOf(kind).revoke(session, finding)).state).toMatch(/^(revoked|already-gone)$/);
      }
    }

    expect(aws.alive("user", leaver.name)).toBe(false);
    expect(aws.calls().filter(({ code }) => code === "AccessDenied")).toEqual([]);
  });
});

describe("a permission that is missing", () => {
  it.each(permissionsFor("read").filter((name) => !["iam:ListUserTags", "iam:ListUsers"].includes(name)))(
    "F07 is named, and keeps no kind from being looked at that does not need it: %s",
    async (permission) => {
      const aws = await anAccount();
      const leaver = plantLeaver(aws, "robin.sample");
      await freeze((await openAt(aws)).session, accountOf(leaver));
      const { session } = await openAt(aws, { keys: aws.plantAdmin({ deny: [permission] }) });
      const { findings, troubles } = await look(session, accountOf(leaver));

      const said = troubles.map(({ error }) => error.message);
      for (const finding of findings) {
        await kindOf(finding.kind)
          .verify(session, finding, null)
          .catch((error: Error) => said.push(error.message));
      }

      const isForAll = permission === "iam:GetUser";
      const isForNone = ["iam:GetAccountAuthorizationDetails", "iam:GetAccessKeyLastUsed"].includes(permission);
      expect(troubles.length).toBeLessThanOrEqual(isForAll ? Object.keys(awsIam.kinds).length : 1);
      expect(said.every((message) => message.includes(permission))).toBe(true);
      expect(said.length === 0).toBe(isForNone);
    },
  );

  it("of a key's last use is written down, and keeps no key from being ended", async () => {
    const aws = await anAccount();
    const leaver = plantLeaver(aws, "robin.sample");
    const keys = aws.plantAdmin({ deny: ["iam:GetAccessKeyLastUsed"] });
    const { session } = await openAt(aws, { keys });

    const { findings } = await look(session, accountOf(leaver));
    const found = findings.filter(({ kind }) => kind === "access-key");

    expect(found.map(({ facts }) => facts["lastUsedService"])).toEqual(["not told: forbidden", "not told: forbidden"]);
  });
});

describe("the preflight", () => {
  const said = (report: Awaited<ReturnType<typeof awsIam.check>>) =>
    report.findings.map(({ level, what }) => `${level}: ${what}`).join("\n");

  it("says who we are, and that a role would be better", async () => {
    const aws = await anAccount();
    const { session } = await openAt(aws, { settings: { accountId: aws.accountId } });

    const report = await awsIam.check(session);

    expect(report.ok).toBe(true);
    expect(said(report)).toContain(`ok: account ${aws.accountId}, as arn:aws:iam::${aws.accountId}:user/`);
    expect(said(report)).toContain("warning: we work as an IAM user");
    expect(aws.writes()).toEqual([]);
  });

  it.each(permissionsFor("read").filter((name) => name !== "iam:GetAccessKeyLastUsed"))(
    "names each missing permission to look: %s",
    async (permission) => {
      const aws = await anAccount();
      plantLeaver(aws, "a.sample");
      const { session } = await openAt(aws, { keys: aws.plantAdmin({ deny: [permission] }) });

      const report = await awsIam.check(session);

      expect(report.ok).toBe(false);
      const errors = report.findings.filter(({ level }) => level === "error");
      expect(errors.map(({ what }) => what.split(" ")[0])).toEqual([permission]);
    },
  );

  it.each([...permissionsFor("contain"), ...permissionsFor("delete")])(
    "names each missing permission to change something: %s",
    async (permission) => {
      const aws = await anAccount();
      const { session } = await openAt(aws, { keys: aws.plantAdmin({ deny: [permission] }) });

      const report = await awsIam.check(session);

      expect(report.ok).toBe(true);
      expect(said(report)).toContain(`warning: ${permission} is missing`);
      expect(report.findings.filter(({ what }) => what.includes(" is missing"))).toHaveLength(1);
    },
  );

  it("says when it cannot tell what we may change", async () => {
    const aws = await anAccount({ unknownActions: ["SimulatePrincipalPolicy"] });
    const { session } = await openAt(aws);

    expect(said(await awsIam.check(session))).toContain("warning: which permissions we have to freeze and to delete");
  });

  it.each([
    {
      name: "a key that is not known",
      keys: { accessKeyId: "AKIANOBODY", secretAccessKey: "nothing" },
      code: "does not accept our credential",
    },
    {
      name: "the account of somebody else",
      settings: { accountId: "444455556666" },
      code: "belong to account 111122223333",
    },
  ])("is not content with $name", async ({ keys, settings, code }) => {
    const aws = await anAccount();
    const { session } = await openAt(aws, {
      ...(keys === undefined ? {} : { keys }),
      ...(settings === undefined ? {} : { settings }),
    });

    const report = await awsIam.check(session);

    expect(report.ok).toBe(false);
    expect(said(report)).toContain(code);
  });
});
