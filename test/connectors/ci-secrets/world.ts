import type { FakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { startFakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import { startFakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import { startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import type { Account } from "../../../src/domain/access.ts";

/** A place in GitHub of one planted secret, as the tests name it. */
export interface PlantedPlace {
  name: string;
  app?: "actions" | "dependabot" | "codespaces";
  repository?: string;
  environment?: string;
}

/** An organization with three issuers around it, and the truth about all of them. */
export interface World {
  github: FakeGithub;
  aws: FakeAwsIam;
  kong: FakeKong;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
  leaver: Account;
  /** Every value that was planted. */
  canaries: readonly string[];
  awsKey: { accessKeyId: string; secretAccessKey: string };
  kongKey: { id: string; key: string };
  /** What GitHub holds there. */
  valueAt: (place: PlantedPlace) => string;
  /** When it was last set there. */
  updatedAt(place: PlantedPlace): number;
  /** Whether every consumer of both plans holds a value that works at its issuer right now. */
  consumersWork(): boolean;
  /** Whether a pair works at AWS. */
  awsWorks(pair: { accessKeyId: string; secretAccessKey: string }): boolean;
  kongWorks(key: string): boolean;
  /** Ids of the keys that each plan's principal has. */
  awsKeyIds(): readonly string[];
  kongKeyIds(): readonly string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  pageSize?: number;
  /** Epoch milliseconds of GitHub's and the issuers' clocks. */
  clock?: () => number;
  awsLagMs?: number;
}

const yearMs = 365 * 86_400_000;

/** Where the plans' values are. */
export const awsPlaces: readonly PlantedPlace[] = [
  { name: "AWS_DEPLOY", repository: "app" },
  { name: "AWS_SHARED" },
  { name: "AWS_PROD", repository: "app", environment: "production" },
];
export const kongPlaces: readonly PlantedPlace[] = [
  { name: "GATEWAY", repository: "app", app: "dependabot" },
  { name: "GATEWAY_DEV", app: "codespaces" },
];

export const plans = [
  {
    name: "deploy",
    issuer: { kind: "aws-access-key", userName: "deploy" },
    grace: "0s",
    consumers: [
      { in: "actions", at: "app", name: "AWS_DEPLOY" },
      {
        in: "actions",
        at: "organization",
        name: "AWS_SHARED",
        value: '{"id":"{accessKeyId}","secret":"{secretAccessKey}"}',
      },
      { in: "actions", at: "app", environment: "production", name: "AWS_PROD" },
    ],
  },
  {
    name: "gateway",
    issuer: { kind: "kong-key", consumer: "ci" },
    grace: "0s",
    consumers: [
      { in: "dependabot", at: "app", name: "GATEWAY" },
      { in: "codespaces", at: "organization", name: "GATEWAY_DEV", value: "key={key}" },
    ],
  },
];

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { pageSize, clock } = options;
  const timed = clock === undefined ? {} : { clock };
  const paged = pageSize === undefined ? {} : { pageSize };
  const github = await startFakeGithub({ ...timed, ...paged });
  const aws = await startFakeAwsIam({
    ...timed,
    ...paged,
    ...(options.awsLagMs === undefined ? {} : { lagMs: options.awsLagMs }),
  });
  const kong = await startFakeKong({ ...timed, ...paged });
  const now = (clock ?? Date.now)();
  const old = new Date(now - yearMs);

  const [deploy] = aws.plant({
    users: [
      { name: "deploy", accessKeys: [{}] },
      { name: "deploy2", accessKeys: [{}] },
    ],
  }).users;
  const [awsKey] = deploy?.accessKeys ?? [];
  const [ci] = kong.plant({
    consumers: [
      { username: "ci", keyAuth: [{ key: "canary-kong-key-1" }] },
      { username: "ci2", keyAuth: [{}] },
    ],
  }).consumers;
  const [kongKey] = ci?.keyAuth ?? [];
  if (awsKey === undefined || kongKey === undefined || ci === undefined) throw new Error("not planted");
  const pair = { accessKeyId: awsKey.accessKeyId, secretAccessKey: awsKey.secretAccessKey };
  const canaries = plantOrganization(github, { old: old.getTime(), pair, key: kongKey.key });
  const leaver = github.user("robin");

  const secretAt = ({ name, app = "actions", repository, environment }: PlantedPlace) => {
    const state = github.state();
    const repositoryId = state.repositories.find((one) => one.name === repository)?.id ?? null;
    const environmentId =
      state.environments.find((one) => one.repositoryId === repositoryId && one.name === environment)?.id ?? null;
    const found = state.secrets.find(
      (one) =>
        one.app === app &&
        one.name === name &&
        one.repositoryId === repositoryId &&
        one.environmentId === environmentId,
    );
    if (found === undefined) throw new Error(`no secret ${name}`);
    return found;
  };
  const kongRows = () =>
    (kong.state()["keyauth_credentials"] ?? []).filter((row) => JSON.stringify(row).includes(ci.id));
  const awsWorks = (credentials: typeof pair) => aws.tryKey(credentials).kind !== "refused";
  const kongWorks = (key: string) => kongRows().some((row) => row["key"] === key && kong.alive(row.id));
  const valueAt = (place: PlantedPlace) => secretAt(place).value;

  return {
    github,
    aws,
    kong,
    leaver: { id: String(leaver.id), label: leaver.login },
    settings: {
      org: github.organization,
      baseUrl: github.url,
      owner: "platform@example.com",
      aws: { region: "eu-central-1", endpoint: aws.url },
      kong: { adminUrl: kong.adminUrl, probeUrl: `${kong.proxyUrl}/key-auth`, probeTimes: 1 },
      plans,
    },
    secrets: {
      token: github.adminToken,
      accessKeyId: aws.admin.accessKeyId,
      secretAccessKey: aws.admin.secretAccessKey,
    },
    canaries: [...canaries, pair.secretAccessKey, kongKey.key],
    awsKey: pair,
    kongKey,
    valueAt,
    updatedAt: (place) => secretAt(place).updatedAt,
    awsWorks,
    kongWorks,
    consumersWork: () =>
      awsPlaces.every((place) => awsWorks(pairIn(valueAt(place)))) &&
      kongPlaces.every((place) => kongWorks(valueAt(place).replace("key=", ""))),
    awsKeyIds: () => aws.aliveOf("deploy").flatMap(({ kind, ref }) => (kind === "access-key" ? [ref] : [])),
    kongKeyIds: () => kongRows().map(({ id }) => id),
    async close() {
      await Promise.all([github.close(), aws.close(), kong.close()]);
    },
  };
}

/** The leaver writes to `app`, administers `infra`, reads `docs`; the others have places of their own. */
function plantOrganization(
  github: FakeGithub,
  { old, pair, key }: { old: number; pair: { accessKeyId: string; secretAccessKey: string }; key: string },
): readonly string[] {
  const { accessKeyId, secretAccessKey } = pair;
  const value = (name: string) => `canary-value-${name.toLowerCase().replaceAll("_", "-")}`;
  const dated = { createdAt: old, updatedAt: old };
  const free = [
    { name: "NPM_TOKEN", repository: "app" },
    { name: "CACHE_TOKEN", repository: "app", app: "codespaces" as const },
    { name: "STATE_TOKEN", repository: "infra" },
    { name: "DEPLOY_KEY", repository: "app", environment: "production" },
    { name: "DOCS_TOKEN", repository: "docs" },
    { name: "BILLING_TOKEN", repository: "billing" },
    { name: "ORG_ALL" },
    { name: "ORG_DOCS", visibility: "selected" as const, selected: ["docs"] },
    { name: "ORG_APP", visibility: "selected" as const, selected: ["app", "billing"], app: "dependabot" as const },
  ];
  github.plant({
    members: [{ login: "robin" }, { login: "robin2" }, { login: "sam" }],
    repositories: [
      { name: "app" },
      { name: "infra" },
      { name: "docs" },
      { name: "billing" },
      { name: "site", visibility: "public" },
    ],
    collaborators: [
      { repository: "app", login: "robin", role: "push" },
      { repository: "infra", login: "robin", role: "admin" },
      { repository: "docs", login: "robin", role: "pull" },
      { repository: "billing", login: "robin2", role: "push" },
      { repository: "app", login: "outsider", role: "push" },
    ],
    externalIdentities: [
      { login: "robin", nameId: "robin.sample@example.com" },
      { login: "robin2", nameId: "robin.sample2@example.com" },
    ],
    environments: [{ repository: "app", name: "production", reviewers: ["sam"], preventsSelfReview: true }],
    secrets: [
      ...free.map((one) => ({ ...one, ...dated, value: value(one.name) })),
      { ...dated, name: "AWS_DEPLOY", repository: "app", value: `${accessKeyId}:${secretAccessKey}` },
      {
        ...dated,
        name: "AWS_SHARED",
        visibility: "selected",
        selected: ["app", "infra"],
        value: JSON.stringify({ id: accessKeyId, secret: secretAccessKey }),
      },
      {
        ...dated,
        name: "AWS_PROD",
        repository: "app",
        environment: "production",
        value: `${accessKeyId}:${secretAccessKey}`,
      },
      { ...dated, name: "GATEWAY", repository: "app", app: "dependabot", value: key },
      { ...dated, name: "GATEWAY_DEV", app: "codespaces", visibility: "private", value: `key=${key}` },
    ],
  });
  return free.map(({ name }) => value(name));
}

/** The pair in a consumer's value, in either of the two forms that the plans use. */
export function pairIn(value: string): { accessKeyId: string; secretAccessKey: string } {
  const json = value.startsWith("{") ? (JSON.parse(value) as { id: string; secret: string }) : null;
  if (json !== null) return { accessKeyId: json.id, secretAccessKey: json.secret };
  const at = value.indexOf(":");
  return { accessKeyId: value.slice(0, at), secretAccessKey: value.slice(at + 1) };
}
