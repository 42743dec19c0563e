import { awsIam } from "../../../connectors/aws-iam/index.ts";
import type { IamSession } from "../../../connectors/aws-iam/session.ts";
import type { HostPorts, RecordedExchange } from "../../../connectors/contract/host.ts";
import { createRedactor } from "../../../connectors/contract/redactor.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import { createTargetHttp } from "../../../connectors/contract/target-http.ts";
import type { TransportLimits } from "../../../connectors/contract/transport.ts";
import { startFakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeAwsIam, FakeAwsIamOptions } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { PlantedUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Log } from "../../../src/domain/ports.ts";
import { lookForAccess } from "../../../src/stages/discover/look-for-access.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A fake account that is closed after the test. */
export async function anAccount(options: FakeAwsIamOptions = {}): Promise<FakeAwsIam> {
  const aws = await startFakeAwsIam(options);
  closers.push(async () => {
    await aws.close();
    expect(aws.violations()).toEqual([]);
  });
  return aws;
}

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

interface OpenOptions {
  settings?: Record<string, unknown>;
  keys?: Keys;
  ports?: Partial<HostPorts>;
  limits?: Partial<TransportLimits>;
}

export interface Opened {
  session: IamSession;
  exchanges: RecordedExchange[];
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over our ports. */
export async function openAt(
  aws: FakeAwsIam,
  { settings: more = {}, keys = aws.admin, ports = {}, limits = {} }: OpenOptions = {},
): Promise<Opened> {
  const settings = awsIam.settings.parse({ region: "eu-central-1", endpoint: aws.url, ...more });
  const secrets = awsIam.secrets.parse({
    accessKeyId: new Secret(keys.accessKeyId),
    secretAccessKey: new Secret(keys.secretAccessKey),
  });
  const exchanges: RecordedExchange[] = [];
  const http = createTargetHttp({
    target: "aws",
    origins: awsIam.origins(settings),
    insecure: false,
    reads: awsIam.reads,
    redactor: createRedactor(),
    clock: () => new Date(),
    limits: { callMs: 5_000, throttlePatienceMs: 0, ...limits },
    ports: {
      access: "write",
      rateSlot: async () => undefined,
      beforeWrite: async () => ({ settled: async () => undefined }),
      recordExchange: (exchange) => void exchanges.push(exchange),
      signal: new AbortController().signal,
      log: quiet,
      ...ports,
    },
  });
  closers.push(() => http.close());
  const context = { target: "aws", settings, secrets, http, clock: () => new Date(), log: quiet };
  return { session: await awsIam.open(context), exchanges };
}

export function accountOf({ id, name }: Pick<PlantedUser, "id" | "name">): Account {
  return { id, label: name };
}

/** One look at all kinds. */
export function look(session: IamSession, account: Account) {
  return lookForAccess({ name: "aws", connector: awsIam, session, accounts: [account] });
}

/** The only finding of a kind, or the first. */
export async function findingOf(session: IamSession, account: Account, kind: string): Promise<Finding> {
  for await (const { items } of kindOf(kind).discover(session, account, [])) {
    const [finding] = items;
    if (finding !== undefined) return finding;
  }
  throw new Error(`no ${kind} was found`);
}

/** A kind as the contract knows it, whatever this one can do. */
export function kindOf(name: string) {
  const kind = awsIam.kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  const able = async (outcome: Promise<Outcome> | undefined): Promise<Outcome> => {
    if (outcome === undefined) throw new Error(`${name} cannot do this`);
    return outcome;
  };
  return {
    ...kind,
    disable: (session: IamSession, finding: Finding) => able(kind.disable?.(session, finding)),
    restore: (session: IamSession, finding: Finding) => able(kind.restore?.(session, finding)),
    revoke: (session: IamSession, finding: Finding) => able(kind.revoke?.(session, finding)),
  };
}

export function freeze(session: IamSession, account: Account) {
  if (awsIam.freeze === undefined) throw new Error("it cannot freeze");
  return awsIam.freeze(session, account);
}

export function unfreeze(session: IamSession, account: Account) {
  if (awsIam.unfreeze === undefined) throw new Error("it cannot unfreeze");
  return awsIam.unfreeze(session, account);
}

export function shown({ state, by }: Verdict): string {
  return `${state} by ${by}`;
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}

/** The Actions that were called, in order. */
export function actions(aws: FakeAwsIam): readonly string[] {
  return aws.calls().map(({ action }) => action);
}

export function allow(...Action: string[]) {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
}

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quiet,
};
