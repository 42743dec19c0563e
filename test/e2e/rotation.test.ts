import { setInterval } from "node:timers/promises";
import { startFakeAwsIam } from "../../connectors/testkit/fakes/aws-iam/index.ts";
import { startFakeGithub } from "../../connectors/testkit/fakes/github/index.ts";
import { readCase, readCertificate } from "../support/checker.ts";
import { testServer } from "../support/database.ts";
import type { TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { itSideBySide, onQueue } from "../support/side-by-side.ts";
import { openWorld } from "../support/world.ts";
import type { World } from "../support/world.ts";

/**
 * kill -9 of the whole product at each step of a rotation, for each issuer, then a start: whoever uses the secret always
 * holds a value that works, nothing is left behind at the issuer, the old value is refused at the end. Judged by the
 * fakes' own state, sampled all the while.
 */
const issuers = ["aws-access-key", "kong-key"] as const;
const points = [
  { name: "created, before its value is sealed", fault: "rotate.create.before-seal:kill" },
  { name: "created and sealed, before that is recorded", fault: "rotate.create.before-commit:kill" },
  { name: "written to its consumers, before that is recorded", fault: "rotate.set.before-commit:kill" },
  { name: "tried, before that is recorded", fault: "rotate.test.before-commit:kill" },
  { name: "marked as the one in use, before that is recorded", fault: "rotate.finish.before-commit:kill" },
  { name: "the old one retired, before that is recorded", fault: "rotate.retire.before-commit:kill" },
] as const;

interface Run {
  name: string;
  issuer: (typeof issuers)[number];
  fault: string;
}

const runs = issuers.flatMap((issuer) =>
  points.map(({ name, fault }) => onQueue<Run>({ name: `${issuer}: ${name}`, issuer, fault }, "postgres")),
);

const user = "builds";
const secret = "DEPLOY_KEY";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.stop());

describe("F02 I06 I07 kill -9 while a shared secret is replaced, then a start", () => {
  itSideBySide(runs, crashAndResume);
});

async function crashAndResume({ issuer, fault }: Run): Promise<void> {
  const aws = await startFakeAwsIam();
  const github = await startFakeGithub();
  const targets: object[] = [];
  const env = {
    GITHUB_TOKEN_OF_TEST: github.adminToken,
    AWS_ID_OF_TEST: aws.admin.accessKeyId,
    AWS_SECRET_OF_TEST: aws.admin.secretAccessKey,
  };
  const world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres", targets, env });
  try {
    const kongOld = world.kong.plant({ consumers: [{ username: user, keyAuth: [{}] }] }).consumers[0]?.keyAuth[0];
    const awsOld = aws.plant({ users: [{ name: user, accessKeys: [{}] }] }).users[0]?.accessKeys[0];
    if (kongOld === undefined || awsOld === undefined) throw new Error("the fakes planted nothing");
    const isAws = issuer === "aws-access-key";
    const before = isAws ? `${awsOld.accessKeyId}:${awsOld.secretAccessKey}` : kongOld.key;
    github.plant({
      members: [{ login: "robin" }],
      repositories: [{ name: "web" }, { name: "api" }],
      collaborators: [{ repository: "web", login: "robin", role: "push" }],
      secrets: [
        { name: secret, value: before },
        { name: secret, repository: "web", app: "dependabot", value: before },
      ],
    });
    targets.push(ciTarget(world, { issuer, github: github.url, aws: aws.url }));
    const held = (): string[] =>
      [github.secretValue(secret), github.secretValue(secret, { repository: "web", app: "dependabot" })].map(
        (value) => value ?? "nothing",
      );
    const works = (value: string): boolean => {
      if (!isAws) return keysAtKong(world).includes(value);
      const [accessKeyId = "", secretAccessKey = ""] = value.split(":");
      return aws.tryKey({ accessKeyId, secretAccessKey }).kind === "works";
    };
    const sampler = sample(() => held().filter((value) => !works(value)).length);

    const first = await world.start({ fault });
    const personId = await world.announce({ userName: "robin@example.com", externalId: "e-robin" });
    await world.say(personId, false);
    await first.ended;
    expect(first.isAlive()).toBe(false);
    await world.start();
    const [opened] = await world.query<{ id: string }>(`SELECT id FROM cases WHERE person_id = $1`, [personId]);
    const caseId = opened?.id ?? "";
    const isDone = async (): Promise<boolean> => (await readCase(world, caseId)).state.startsWith("complete");
    await eventually("the end of the case", isDone, { withinMs: 150_000, everyMs: 200 });

    expect(await sampler.stop()).toEqual({ withoutWorkingValue: 0, samples: expect.any(Number) });
    expect(new Set(held()).size).toBe(1);
    expect(held()[0]).not.toBe(before);
    expect(works(before)).toBe(false);
    const left = isAws ? aws.aliveOf(user).filter(({ kind }) => kind === "access-key") : keysAtKong(world);
    expect(left).toHaveLength(1);
    expect((await readCertificate(world, caseId)).report.result).toBe("valid");
    expect(await world.query(`SELECT field FROM sealed`)).toEqual([]);
    const { itemList } = await readCase(world, caseId);
    expect(itemList.filter(({ kind }) => kind === "credential").map(({ status }) => status.badge)).toEqual([
      "verified",
    ]);
  } finally {
    await world.close();
    await Promise.all([aws.close(), github.close()]);
  }
}

/** Values of every key there is: the builds' consumer is alone at this Kong. */
function keysAtKong({ kong }: World): unknown[] {
  return (kong.state()["keyauth_credentials"] ?? []).map(({ key }) => key);
}

function ciTarget(
  world: World,
  { issuer, github, aws }: { issuer: Run["issuer"]; github: string; aws: string },
): object {
  return {
    name: "ci",
    connector: "ci-secrets",
    mode: "enforce",
    settings: {
      baseUrl: github,
      org: "acme",
      owner: "platform",
      stores: ["actions", "dependabot"],
      rotateWhileReadable: true, // nothing else here ends the leaver's access at GitHub
      aws: { region: "eu-central-1", endpoint: aws },
      kong: { adminUrl: world.kong.adminUrl, probeUrl: new URL("/key-auth", world.kong.proxyUrl).href },
      plans: [
        {
          name: "deploy",
          issuer: issuer === "aws-access-key" ? { kind: issuer, userName: user } : { kind: issuer, consumer: user },
          consumers: [
            { in: "actions", at: "organization", name: secret },
            { in: "dependabot", at: "web", name: secret },
          ],
          grace: "1s",
        },
      ],
    },
    secrets: {
      token: "env:GITHUB_TOKEN_OF_TEST",
      accessKeyId: "env:AWS_ID_OF_TEST",
      secretAccessKey: "env:AWS_SECRET_OF_TEST",
    },
    match: [{ attribute: "login", equals: "{localPart}", trusted: true }],
    rateShare: 1,
    settle: "200ms",
  };
}

/** Looks again and again until it is stopped; the state of a fake has no in-between. */
function sample(brokenNow: () => number) {
  const stop = new AbortController();
  let samples = 0;
  let broken = 0;
  const done = (async () => {
    for await (const _ of setInterval(10, undefined, { signal: stop.signal })) {
      samples += 1;
      broken += brokenNow();
    }
  })().catch(() => undefined);
  return {
    async stop() {
      stop.abort();
      await done;
      return { withoutWorkingValue: broken, samples };
    },
  };
}
