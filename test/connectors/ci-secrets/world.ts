import type { FakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { startFakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import { startFakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import { startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import { plantOrganization } from "./organization.ts";
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
  /** Every consumer of both plans, and whether the value it holds works at its issuer right now. */
  consumers(): readonly { name: string; works: boolean }[];
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
  /** Less of everything, for the many worlds of the kit. */
  isSmall?: boolean;
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

/** The same with a consumer each, both of Actions. */
export const smallPlans = [
  { ...plans[0], consumers: [{ in: "actions", at: "app", name: "AWS_DEPLOY" }] },
  { ...plans[1], consumers: [{ in: "actions", at: "organization", name: "GATEWAY_ALL" }] },
];

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { pageSize, clock, isSmall = false } = options;
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
  const canaries = plantOrganization(github, { old: old.getTime(), pair, key: kongKey.key, isSmall });
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
  const consumers = () => [
    ...(isSmall ? awsPlaces.slice(0, 1) : awsPlaces).map((place) => ({
      name: place.name,
      works: awsWorks(pairIn(valueAt(place))),
    })),
    ...(isSmall ? [{ name: "GATEWAY_ALL" }] : kongPlaces).map((place) => ({
      name: place.name,
      works: kongWorks(valueAt(place).replace("key=", "")),
    })),
  ];

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
      ...(isSmall ? { stores: ["actions"], plans: smallPlans } : { plans }),
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
    consumers,
    consumersWork: () => consumers().every(({ works }) => works),
    awsKeyIds: () => aws.aliveOf("deploy").flatMap(({ kind, ref }) => (kind === "access-key" ? [ref] : [])),
    kongKeyIds: () => kongRows().map(({ id }) => id),
    async close() {
      await Promise.all([github.close(), aws.close(), kong.close()]);
    },
  };
}

/** The pair in a consumer's value, in either of the two forms that the plans use. */
export function pairIn(value: string): { accessKeyId: string; secretAccessKey: string } {
  const json = value.startsWith("{") ? (JSON.parse(value) as { id: string; secret: string }) : null;
  if (json !== null) return { accessKeyId: json.id, secretAccessKey: json.secret };
  const at = value.indexOf(":");
  return { accessKeyId: value.slice(0, at), secretAccessKey: value.slice(at + 1) };
}
