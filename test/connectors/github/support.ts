import type { Connector } from "../../../connectors/contract/connector.ts";
import type { HostPorts, RecordedExchange } from "../../../connectors/contract/host.ts";
import { createRedactor } from "../../../connectors/contract/redactor.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import { createTargetHttp } from "../../../connectors/contract/target-http.ts";
import type { GithubDeps } from "../../../connectors/github/deps.ts";
import { github } from "../../../connectors/github/index.ts";
import { permissions } from "../../../connectors/github/permissions.ts";
import { startFakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import type { FakeGithub, FakeGithubOptions, PlantedApp } from "../../../connectors/testkit/fakes/github/index.ts";
import type { Finding } from "../../../src/domain/access.ts";
import type { Log } from "../../../src/domain/ports.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";
import type { Look } from "../../../src/stages/discover/look-for-access.ts";
import { accountOf } from "./planted.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A fake that is closed after the test; what it was asked that GitHub's description does not know fails the test. */
export async function aGithub(options: FakeGithubOptions = {}): Promise<FakeGithub> {
  const fake = await startFakeGithub(options);
  closers.push(async () => {
    await fake.close();
    expect(fake.violations()).toEqual([]);
  });
  return fake;
}

/** What the App of the manifest was given: all that the connector asks for, up to a purpose. */
export function grantedFor(...purposes: readonly string[]): Record<string, string> {
  const wanted = permissions.filter((permission) => purposes.includes(permission.for));
  return Object.fromEntries(wanted.map(({ name }) => name.split("=") as [string, string]));
}

export const everything = grantedFor("read", "contain", "delete");

export interface OpenOptions {
  /** The App; a new one with every permission when neither this nor a token is given. */
  app?: PlantedApp;
  token?: string;
  settings?: Record<string, unknown>;
  ports?: Partial<HostPorts>;
  throttlePatienceMs?: number;
}

export interface Opened {
  session: GithubDeps;
  exchanges: RecordedExchange[];
  /** Every line that was logged, as JSON. */
  lines: string[];
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over our ports. */
export async function openAt(
  fake: FakeGithub,
  { app, token, settings: more = {}, ports = {}, throttlePatienceMs = 0 }: OpenOptions = {},
): Promise<Opened> {
  const known = token === undefined ? (app ?? fake.plantApp(everything)) : null;
  const ids = known === null ? {} : { appId: known.appId, installationId: known.installationId };
  const settings = github.settings.parse({ baseUrl: fake.url, org: fake.organization, ...ids, ...more });
  const secret = known === null ? { token: new Secret(token ?? "") } : { privateKey: new Secret(known.privateKey) };
  const exchanges: RecordedExchange[] = [];
  const lines: string[] = [];
  const log = recordingLog(lines);
  const clock = (): Date => new Date();
  const http = createTargetHttp({
    target: "github",
    origins: github.origins(settings),
    insecure: false,
    reads: github.reads,
    redactor: createRedactor(),
    clock,
    limits: { callMs: 5_000, throttlePatienceMs },
    ports: {
      access: "write",
      rateSlot: async () => undefined,
      beforeWrite: async () => ({ settled: async () => undefined }),
      recordExchange: (exchange) => void exchanges.push(exchange),
      signal: new AbortController().signal,
      log,
      ...ports,
    },
  });
  closers.push(() => http.close());
  const session = await github.open({
    target: "github",
    settings,
    secrets: github.secrets.parse(secret),
    http,
    clock,
    log,
  });
  return { session, exchanges, lines };
}

/** Seen as the registry sees it. */
export const connector: Connector = github;

/** One look at everything that a person has. */
export function look(
  fake: FakeGithub,
  session: GithubDeps,
  login: string,
  known: readonly Finding[] = [],
): Promise<Look> {
  return lookForAccess({ name: "github", connector, session, accounts: [accountOf(fake, login)] }, known);
}

/** One look at a single kind. */
export function lookAt(
  kind: string,
  session: GithubDeps,
  account: { id: string; label: string },
  known: readonly Finding[] = [],
): Promise<Look> {
  const only = { ...connector, kinds: { [kind]: kindOf(kind) } };
  return lookForAccess({ name: "github", connector: only, session, accounts: [account] }, known);
}

export function kindOf(name: string) {
  const kind = connector.kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** The findings of one kind. */
export async function found(kind: string, fake: FakeGithub, session: GithubDeps, login: string): Promise<Finding[]> {
  const { findings, troubles, gaps } = await lookAt(kind, session, accountOf(fake, login));
  const [trouble] = troubles;
  if (trouble !== undefined) throw trouble.error;
  if (gaps.length > 0) throw new Error(`${kind} is a gap: ${gaps[0]?.why}`);
  return [...findings];
}

/** The first of them; fails the test when there is none. */
export async function foundOne(kind: string, fake: FakeGithub, session: GithubDeps, login: string): Promise<Finding> {
  const [finding] = await found(kind, fake, session, login);
  if (finding === undefined) throw new Error(`no ${kind} was found`);
  return finding;
}

export async function revoke(session: GithubDeps, finding: Finding) {
  const outcome = await kindOf(finding.kind).revoke?.(session, finding);
  if (outcome === undefined) throw new Error(`${finding.kind} cannot be revoked`);
  return outcome;
}

export function verify(session: GithubDeps, finding: Finding) {
  return kindOf(finding.kind).verify(session, finding, null);
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}

function recordingLog(lines: string[]): Log {
  const line = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
  const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
  return log;
}
