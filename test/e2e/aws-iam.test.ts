import { plantLeaver, startFakeAwsIam } from "../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeAwsIam, FakeAwsIamOptions } from "../../connectors/testkit/fakes/aws-iam/index.ts";
import { awsIam } from "../../connectors/aws-iam/index.ts";
import { readCase, readCertificate } from "../support/checker.ts";
import { testServer } from "../support/database.ts";
import type { TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world.ts";

/**
 * The planted IAM user of the mission: two keys, password, SSH key, certificate, virtual MFA, three groups, three policies,
 * CodeCommit and Bedrock credential, boundary, live session; in two accounts, beside a look-alike. Judged by the fakes' own
 * state. The accounts behave, throttle most calls, or show every change half a minute late.
 */
const behaviours: readonly { name: string; options: FakeAwsIamOptions; mode?: "observe" }[] = [
  { name: "paged", options: { pageSize: 1 } },
  { name: "throttled", options: { pageSize: 1, throttleShare: 0.6 } },
  { name: "late", options: { pageSize: 1, lagMs: 30_000 } },
  { name: "observed", options: {}, mode: "observe" },
];

interface Accounts {
  name: string;
  leaver: string;
  fakes: readonly FakeAwsIam[];
  sessions: readonly Parameters<FakeAwsIam["tryKey"]>[0][];
  bystandersBefore: readonly string[];
}

const patience = { withinMs: 240_000, everyMs: 300 };

describe("a planted IAM user in two accounts", () => {
  let server: TestServer;
  let world: World;
  const accounts = new Map<string, Accounts>();

  beforeAll(async () => {
    server = await testServer();
    const targets: object[] = [];
    const env: Record<string, string> = {};
    for (const { name, options, mode } of behaviours) {
      const leaver = `robin.${name}`;
      const fakes: FakeAwsIam[] = [];
      const sessions = [];
      for (const accountId of ["111122223333", "444455556666"]) {
        const fake = await startFakeAwsIam({ ...options, accountId });
        fakes.push(fake);
        sessions.push(...plantLeaver(fake, leaver).sessions);
        plantLeaver(fake, `${leaver}2`);
        fake.catchUp();
        const target = `aws-${name}-${fakes.length}`;
        const variable = `${name}_${fakes.length}`.toUpperCase();
        env[`KEY_${variable}`] = fake.admin.accessKeyId;
        env[`SECRET_${variable}`] = fake.admin.secretAccessKey;
        targets.push({
          name: target,
          connector: "aws-iam",
          mode: mode ?? "enforce",
          settings: { region: "eu-central-1", endpoint: fake.url, accountId, pageSize: 1_000 },
          secrets: { accessKeyId: `env:KEY_${variable}`, secretAccessKey: `env:SECRET_${variable}` },
          match: [{ attribute: "tag:employee-id", equals: "{externalId}", trusted: true }],
          rateShare: 0.5,
          // An account that shows changes late is believed late; the others keep the test short.
          settle: name === "late" ? "15s" : "1s",
        });
      }
      const bystandersBefore = fakes.map((fake) => fake.stateOf(`${leaver}2`));
      accounts.set(name, { name, leaver, fakes, sessions, bystandersBefore });
    }
    world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres", targets, env });
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    await Promise.all([...accounts.values()].flatMap(({ fakes }) => fakes.map((fake) => fake.close())));
    await server.stop();
  });

  async function offboard({ leaver }: Accounts): Promise<string> {
    const personId = await world.announce({ userName: `${leaver}@example.com`, externalId: `e-${leaver}` });
    await world.say(personId, false);
    const [found] = await world.query<{ id: string }>(`SELECT id FROM cases WHERE person_id = $1`, [personId]);
    if (found === undefined) throw new Error("no case was opened");
    return found.id;
  }

  function accountsOf(name: string): Accounts {
    const found = accounts.get(name);
    if (found === undefined) throw new Error(`nothing was planted for ${name}`);
    return found;
  }

  const ended = async (caseId: string): Promise<string> =>
    await eventually(
      "the end of the case",
      async () => {
        const { state } = await readCase(world, caseId);
        return state.startsWith("complete") ? state : null;
      },
      patience,
    );

  it("Done: nothing is alive afterwards by the fakes' own state, whatever the accounts are like", async () => {
    const enforced = ["paged", "throttled", "late"].map(accountsOf);
    const caseIds = await Promise.all(enforced.map(offboard));
    await Promise.all(caseIds.map(ended));

    for (const { name, leaver, fakes, sessions, bystandersBefore } of enforced) {
      for (const [index, fake] of fakes.entries()) {
        const left = fake.aliveOf(leaver).filter(({ kind }) => kind !== "user");
        expect({ name, left }).toEqual({ name, left: [] });
        expect(fake.stateOf(`${leaver}2`)).toBe(bystandersBefore[index]);
        expect(fake.violations()).toEqual([]);
        // The rate that the manifest calls the vendor's is never exceeded, in any sliding second.
        const vendorRate = awsIam.limits({ region: "eu-central-1", pageSize: 1_000 }).perSecond;
        expect(fake.peakPerSecond()).toBeLessThanOrEqual(vendorRate);
      }
      for (const [index, session] of sessions.entries()) {
        expect({ name, session: fakes[index]?.tryKey(session).kind }).not.toMatchObject({ session: "works" });
      }
    }
    for (const caseId of caseIds) expect((await readCertificate(world, caseId)).report.result).toBe("valid");
  }, 300_000);

  it("F07 an observed account is looked at whole and written to never, although AWS reads by POST", async () => {
    const { leaver, fakes } = accountsOf("observed");
    const before = fakes.map((fake) => fake.stateOf(leaver));
    const caseId = await offboard(accountsOf("observed"));

    expect(await ended(caseId)).toBe("complete_with_exceptions");

    const { itemList } = await readCase(world, caseId);
    expect(itemList.length).toBeGreaterThan(20);
    for (const [index, fake] of fakes.entries()) {
      expect(fake.writes()).toEqual([]);
      expect(fake.effects()).toBe(0);
      expect(fake.stateOf(leaver)).toBe(before[index]);
      expect(fake.calls().every(({ method }) => method === "POST")).toBe(true);
    }
  }, 120_000);

  it("the user goes when deleteAfter has passed, and a certificate supersedes the earlier one by name", async () => {
    const { leaver, fakes, bystandersBefore } = accountsOf("paged");
    const [held] = await world.query<{ id: string; deleteAt: Date | null }>(
      `SELECT c.id, c.delete_at AS "deleteAt" FROM cases c JOIN person p ON p.id = c.person_id WHERE p.user_name = $1`,
      [`${leaver}@example.com`],
    );
    if (held === undefined) throw new Error("the first test left no case");
    expect(held.deleteAt?.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    // A month does not pass in a test: the user was switched off a month ago, and its deletion is due now.
    await world.query(`UPDATE item SET outcome_at = outcome_at - interval '31 days' WHERE case_id = $1 AND principal`, [
      held.id,
    ]);
    await world.query(`UPDATE cases SET delete_at = now(), due_at = now() WHERE id = $1`, [held.id]);

    const nobody = fakes.map((fake) => fake.stateOf("nobody.at.all"));
    await eventually(
      "the user is gone from both accounts",
      async () => fakes.every((fake, index) => fake.stateOf(leaver) === nobody[index]),
      patience,
    );
    await eventually(
      "a second final certificate",
      async () => {
        const finals = await world.query<{ supersedes: string | null }>(
          `SELECT supersedes FROM certificate WHERE case_id = $1 AND kind = 'final' ORDER BY run_no`,
          [held.id],
        );
        return finals.length === 2 && finals[1]?.supersedes !== null;
      },
      patience,
    );

    for (const [index, fake] of fakes.entries()) {
      expect(fake.stateOf(leaver)).toBe(nobody[index]);
      expect(fake.stateOf(`${leaver}2`)).toBe(bystandersBefore[index]);
    }
    const runs = await world.query(`SELECT kind FROM run WHERE case_id = $1 ORDER BY no`, [held.id]);
    expect(runs).toEqual([{ kind: "first" }, { kind: "deletion" }]);
    const [now] = await world.query(
      `SELECT watches_done AS watches, delete_at AS "deleteAt", deleting, due_at > now() AS "watched" FROM cases WHERE id = $1`,
      [held.id],
    );
    expect(now).toEqual({ watches: 0, deleteAt: null, deleting: false, watched: true });
  }, 240_000);
});
