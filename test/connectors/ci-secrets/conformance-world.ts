import { ciSecrets } from "../../../connectors/ci-secrets/index.ts";
import type {
  ConformanceSubject,
  ConformanceWorld,
  Item,
  Matcher,
  Vocabulary,
} from "../../../connectors/testkit/conformance/index.ts";
import { countEffects, faultsOf } from "../../../connectors/testkit/conformance/index.ts";
import { reference } from "../../../connectors/testkit/fakes/aws-iam/reference.ts";
import { answers, throttles } from "../../../connectors/testkit/faults/index.ts";
import type { Call, Fault } from "../../../connectors/testkit/faults/index.ts";
import { startWorld } from "./world.ts";
import type { World } from "./world.ts";

/** The connector at GitHub with an issuer of each sort, and secrets that only people can replace. */
export const ciSecretsSubject: ConformanceSubject = {
  name: "ci-secrets",
  connector: ciSecrets,
  notApplicable: { 13: "no kind is deleted one by one: what is rotated is judged by 18, and the rest is people's" },
  async openWorld({ pageSize }) {
    const world = await startWorld({ isSmall: true, ...(pageSize === undefined ? {} : { pageSize }) });
    const { github, aws, kong } = world;
    const faults = faultsOf(github.faults, aws.faults, kong.faults);
    const kongEffects = countEffects(kong.faults, () => JSON.stringify(kong.state()), { door: "admin" });
    const accountOf = (login: string) => ({ id: String(github.user(login).id), label: login });
    return {
      // The engine would wait until the leaver's access has ended at GitHub; the kit has nobody who ends it.
      settings: { ...world.settings, rotateWhileReadable: true },
      secrets: world.secrets,
      leaver: world.leaver,
      bystander: accountOf("sam"),
      lookAlikes: ["robin2", "robin-ci"].map(accountOf),
      match: { person: robin, rules: [] },
      ambiguous: {
        person: { ...robin, userName: "robin@elsewhere.example.com", externalId: "robin2" },
        rules: [
          { attribute: "login", equals: "{localPart}", trusted: false },
          { attribute: "login", equals: "{externalId}", trusted: false },
        ],
      },
      planted: itemsOf(world),
      canaries: world.canaries,
      alive: () => itemsOf(world).filter((item) => works(world, item)),
      stateOf: (id) => stateOf(world, Number(id)),
      effects: () => github.effects().length + aws.effects() + kongEffects(),
      writes: () => [...github.writes(), ...aws.writes(), ...kong.writes()],
      calls: () => [...github.calls(), ...aws.calls(), ...kong.calls()],
      faults,
      vocabulary: vocabularyOf(world),
      rotation: {
        consumers: () => world.consumers(),
        live: ({ ref }) => (ref.startsWith("AKIA") ? world.awsKeyIds() : world.kongKeyIds()),
      },
      close: () => world.close(),
    } satisfies ConformanceWorld;
  },
};

const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "robin.sample@example.com",
  externalId: "e-100",
  emails: ["robin.sample@example.com"],
};

/** The secrets within the leaver's reach that no plan names. */
const byHand = ["ORG_ALL", "NPM_TOKEN"];

function itemsOf({ github, leaver, awsKey, kongKey }: World): readonly Item[] {
  const { secrets, environments } = github.state();
  const refOf = ({ app, repositoryId, environmentId, name }: (typeof secrets)[number]): string => {
    const environment = environments.find(({ id }) => id === environmentId)?.name;
    if (environment !== undefined) return `${app}/environment/${repositoryId}/${environment}/${name}`;
    return repositoryId === null ? `${app}/organization/${name}` : `${app}/repository/${repositoryId}/${name}`;
  };
  return [
    { kind: "exposure", ref: leaver.id },
    { kind: "credential", ref: awsKey.accessKeyId },
    { kind: "credential", ref: kongKey.id },
    ...secrets.filter(({ name }) => byHand.includes(name)).map((row) => ({ kind: "secret", ref: refOf(row) })),
  ];
}

function works(world: World, { kind, ref }: Item): boolean {
  if (kind !== "credential") return true;
  return ref === world.kongKey.id ? world.kongWorks(world.kongKey.key) : world.awsWorks(world.awsKey);
}

/** A user and what only they and no leaver can read; what the plans replace is everybody's. */
function stateOf({ github, aws, kong }: World, userId: number): string {
  const consumer = kong.state()["consumers"]?.find((row) => row["username"] === "ci2")?.id ?? "";
  const planned = new Set(["AWS_DEPLOY", "GATEWAY_ALL"]);
  const secrets = github.state().secrets.filter(({ name }) => !planned.has(name));
  return [github.stateOf(userId), JSON.stringify(secrets), aws.stateOf("deploy2"), kong.stateOf(consumer)].join("\n");
}

type FakeName = "github" | "aws" | "kong";

/** Each fake has doors of its own. */
function fakeOf({ door }: Call): FakeName {
  if (door === "api") return "github";
  return door === "admin" || door === "proxy" ? "kong" : "aws";
}

/** One fault for three vendors: each is answered in its own words. */
function inTheirWords(name: string, faults: Readonly<Record<FakeName, Fault>>): Fault {
  return {
    name,
    instead: (call) => {
      const reply = faults[fakeOf(call)].instead?.(call);
      if (reply === undefined) throw new Error(`${name} is no answer`);
      return reply;
    },
  };
}

const awsWrites = new Set(Object.keys(reference).filter((action) => reference[action]?.access === "write"));
const actionOf = ({ body }: Call): string => new URLSearchParams(body.toString("utf8")).get("Action") ?? "";

function isWrite(call: Call): boolean {
  if (fakeOf(call) === "aws") return awsWrites.has(actionOf(call));
  return ["POST", "PUT", "PATCH", "DELETE"].includes(call.method) && !/\/graphql$|^\/app\//.test(call.path);
}

/** What the kinds ask of GitHub overlaps: whatever hides secrets hides the reach as well. */
const abouts: Readonly<Record<string, (call: Call) => boolean>> = {
  exposure: (call) => fakeOf(call) === "github" && call.path.endsWith("/permission"),
  secret: (call) => fakeOf(call) === "github" && /\/secrets(\/|$)/.test(call.path),
  credential: (call) => fakeOf(call) !== "github" && call.door !== "proxy",
};

const missing: Readonly<Record<string, Record<"read" | "write", string>>> = {
  exposure: { read: "metadata=read", write: "metadata=read" },
  secret: { read: "secrets=read", write: "secrets=write" },
  credential: { read: "iam:ListAccessKeys", write: "iam:CreateAccessKey" },
};

function vocabularyOf(world: World): Vocabulary {
  const { github, aws } = world;
  const about = (kind: string): Matcher => ({ when: (call) => abouts[kind]?.(call) ?? false });
  return {
    writes: { when: isWrite },
    about,
    throttles: (retryAfterS) =>
      inTheirWords("throttles", {
        github: throttles(retryAfterS ?? undefined),
        aws: retryAfterS === null ? aws.lies.throttles() : throttles(retryAfterS),
        kong: throttles(retryAfterS ?? undefined),
      }),
    denies(kind, to) {
      const name = missing[kind]?.[to] ?? "";
      const message = "Resource not accessible by integration";
      const why = `User: lastday is not authorized to perform: ${name} on resource: *`;
      return {
        missing: name,
        fault: inTheirWords("denies", {
          github: answers(403, { message }, { "x-accepted-github-permissions": name }),
          aws: aws.lies.answersError(403, "AccessDenied", why),
          kong: answers(403, { message: "lastday, you do not have permissions to do this" }),
        }),
      };
    },
    hides: () =>
      inTheirWords("hides", {
        github: github.lies.hidden(),
        aws: aws.lies.hides(),
        kong: answers(404, { message: "Not found" }),
      }),
    fails: () =>
      inTheirWords("fails", {
        github: answers(500, { message: "Server Error" }),
        aws: aws.lies.answersError(500, "ServiceFailure", "The request processing has failed"),
        kong: answers(500, { message: "An unexpected error occurred" }),
      }),
    complains: (status, words) =>
      inTheirWords("complains", {
        github: answers(status, { message: `Cannot do this: ${words}` }),
        aws: aws.lies.answersError(status, "ValidationError", `cannot do this: ${words}`),
        kong: answers(status, { message: `cannot do this: ${words}` }),
      }),
    endless: () => ({
      on: { door: "api", method: "GET", path: /^\/(orgs\/acme\/(members|repos)|repos\/.*\/secrets)(\?|$)/ },
      fault: github.lies.endlessPages("same"),
    }),
    drifts: () => ({
      on: { method: "GET", path: /\/repos\/acme\/app\/actions\/secrets\?/ },
      fault: github.lies.pagesDrift(() => {
        github.plant({ secrets: [{ name: "NEW_TOKEN", repository: "app", value: "canary-value-new-token" }] });
        const npm = github.state().secrets.find(({ name }) => name === "NPM_TOKEN");
        if (npm !== undefined) github.remove({ kind: "secrets", id: npm.id });
      }),
    }),
    lingers: () => null,
    returns: () => null,
    putBack: async () => false,
    answersForOther: (kind) =>
      kind === "credential"
        ? { on: about(kind), fault: forOthers(world) }
        : { on: about("exposure"), fault: github.lies.answersFor("sam") },
  };
}

/** Whose keys are asked for is changed on the way, at both issuers. */
function forOthers({ aws, kong }: World): Fault {
  const consumer = kong.state()["consumers"]?.find((row) => row["username"] === "ci2")?.id ?? "";
  const [ofAws, ofKong] = [aws.lies.answersFor("deploy2"), kong.lies.answersFor(consumer)];
  return {
    name: "answers-for-others",
    prepare: (call) => (fakeOf(call) === "aws" ? ofAws : ofKong).prepare?.(call) ?? call,
  };
}
