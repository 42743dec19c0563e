import type { Connector } from "../../../connectors/contract/connector.ts";
import type { HostPorts, RecordedExchange } from "../../../connectors/contract/host.ts";
import { createRedactor } from "../../../connectors/contract/redactor.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import { createTargetHttp } from "../../../connectors/contract/target-http.ts";
import type { GatewayDriver } from "../../../connectors/gateway-keys/driver.ts";
import { gatewayKeys } from "../../../connectors/gateway-keys/index.ts";
import type { FakeKong, FakeKongOptions } from "../../../connectors/testkit/fakes/kong/index.ts";
import type { PlantedConsumer } from "../../../connectors/testkit/fakes/kong/plant.ts";
import { startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import type { Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Log } from "../../../src/domain/ports.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A fake that is closed after the test. */
export async function aKong(options: FakeKongOptions = {}): Promise<FakeKong> {
  const kong = await startFakeKong(options);
  closers.push(() => kong.close());
  return kong;
}

export interface Opened {
  session: GatewayDriver;
  exchanges: RecordedExchange[];
  /** Every line that was logged, as JSON. */
  lines: string[];
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over our ports. */
export async function openAt(
  kong: FakeKong,
  {
    settings: more = {},
    adminToken,
    ports = {},
    callMs = 2_000,
  }: {
    settings?: Record<string, unknown>;
    adminToken?: string;
    ports?: Partial<HostPorts>;
    callMs?: number;
  } = {},
): Promise<Opened> {
  const settings = gatewayKeys.settings.parse({ driver: "kong", adminUrl: kong.adminUrl, ...more });
  const secrets = gatewayKeys.secrets.parse(adminToken === undefined ? {} : { adminToken: new Secret(adminToken) });
  const exchanges: RecordedExchange[] = [];
  const lines: string[] = [];
  const log = recordingLog(lines);
  const http = createTargetHttp({
    target: "kong",
    origins: gatewayKeys.origins(settings),
    insecure: false,
    reads: gatewayKeys.reads,
    redactor: createRedactor(),
    clock: () => new Date(),
    limits: { callMs, throttlePatienceMs: 0 },
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
  const session = await gatewayKeys.open({ target: "kong", settings, secrets, http, clock: () => new Date(), log });
  return { session, exchanges, lines };
}

export function accountOf({ id, username }: PlantedConsumer) {
  return { id, label: username ?? id };
}

/** A kind with its revocation, which every kind of this connector has. */
export function kindOf(name: string) {
  const kind = gatewayKeys.kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  const revoke = async (session: GatewayDriver, finding: Finding): Promise<Outcome> => {
    const outcome = await kind.revoke?.(session, finding);
    if (outcome === undefined) throw new Error(`${name} cannot be revoked`);
    return outcome;
  };
  return { ...kind, revoke };
}

/** Everything of one kind that a consumer holds, with the probe material that came along. */
export async function discoverAll(session: GatewayDriver, consumer: PlantedConsumer, name: string) {
  const findings: Finding[] = [];
  const materials = new Map<string, Secret>();
  for await (const page of kindOf(name).discover(session, accountOf(consumer), [])) {
    expect(page.complete).toBe(true);
    findings.push(...page.items);
    for (const [ref, material] of page.materials ?? []) materials.set(ref, material);
  }
  return { findings, materials };
}

/** The first finding of a kind; fails the test when there is none. */
export async function discoverOne(session: GatewayDriver, consumer: PlantedConsumer, name: string) {
  const { findings, materials } = await discoverAll(session, consumer, name);
  const [finding] = findings;
  if (finding === undefined) throw new Error(`no ${name} was found`);
  const material = materials.get(finding.ref);
  return { finding, probe: material === undefined ? null : { material } };
}

/** Every kind of every finding, in the order of the manifest. */
export async function discoverEverything(session: GatewayDriver, consumer: PlantedConsumer): Promise<Finding[]> {
  const all: Finding[] = [];
  for (const name of Object.keys(gatewayKeys.kinds)) all.push(...(await discoverAll(session, consumer, name)).findings);
  return all;
}

export function verdictOf(verdict: Verdict): string {
  return `${verdict.state} by ${verdict.by}`;
}

/** Seen as the registry sees it. */
export const connector: Connector = gatewayKeys;

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}

/** One leaver with everything that Kong can hold, and two who must not be touched. */
export function plantWorld(kong: FakeKong) {
  const {
    consumers: [leaver, lookAlike, bystander],
  } = kong.plant({
    consumers: [
      {
        username: "leaver",
        custom_id: "e-100",
        tags: ["team-a", "contractor"],
        keyAuth: [{ key: "canary-key-1" }, { key: "canary-key-2", ttl: 3_600 }, { key: "canary-key-3" }],
        jwt: [{ key: "leaver-issuer", secret: "canary-jwt-secret" }],
        basicAuth: [{ username: "leaver", password: "canary-password" }],
        hmacAuth: [{ username: "leaver", secret: "canary-hmac-secret" }],
        oauth2: [
          {
            name: "app",
            client_id: "app-1",
            client_secret: "canary-client-secret",
            tokens: [{ access_token: "canary-token-1" }, { access_token: "canary-token-2", expires_in: 7_200 }],
          },
        ],
        acls: ["staff", "admins"],
      },
      { username: "leaver2", custom_id: "e-1001", keyAuth: [{ key: "look-alike-key" }], acls: ["staff"] },
      { username: "bystander", custom_id: "E-100", keyAuth: [{ key: "bystander-key" }], jwt: [{}] },
    ],
  });
  if (leaver === undefined || lookAlike === undefined || bystander === undefined) throw new Error("not planted");
  return { leaver, lookAlike, bystander };
}

function recordingLog(lines: string[]): Log {
  const line = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
  const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
  return log;
}
