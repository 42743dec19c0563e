import type { Connector } from "../../../connectors/contract/connector.ts";
import type { HostPorts, RecordedExchange } from "../../../connectors/contract/host.ts";
import { createRedactor } from "../../../connectors/contract/redactor.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import { createTargetHttp } from "../../../connectors/contract/target-http.ts";
import type { GatewayDriver } from "../../../connectors/gateway-keys/driver.ts";
import { gatewayKeys } from "../../../connectors/gateway-keys/index.ts";
import { startFakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import type { FakeApiGateway, FakeApiGatewayOptions } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import type { PlantedKey } from "../../../connectors/testkit/fakes/api-gateway/plant.ts";
import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Log } from "../../../src/domain/ports.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export const [home, abroad] = ["eu-central-1", "us-east-1"] as const;

/** A fake with two regions, closed after the test. */
export async function aGateway(options: FakeApiGatewayOptions = {}): Promise<FakeApiGateway> {
  const gateway = await startFakeApiGateway({ regions: [home, abroad], ...options });
  closers.push(() => gateway.close());
  return gateway;
}

export interface Opened {
  session: GatewayDriver;
  exchanges: RecordedExchange[];
  /** Every line that was logged, as JSON. */
  lines: string[];
}

export interface OpenOptions {
  settings?: Record<string, unknown>;
  admin?: FakeApiGateway["admin"];
  ports?: Partial<HostPorts>;
  callMs?: number;
}

/** Settings of a target that is this fake. */
export function settingsOf(gateway: FakeApiGateway): Record<string, unknown> {
  const endpoints = Object.fromEntries(gateway.regions.map((region) => [region, gateway.controlUrl(region)]));
  return { driver: "aws-api-gateway", regions: gateway.regions, endpoints };
}

/** Keys are tried at the first stage of each region, or of the regions given. */
export function probesAt(gateway: FakeApiGateway, regions: readonly string[] = gateway.regions) {
  const probes = regions.map((region) => {
    const url = `${gateway.stageUrl(region)}/lastday-probe`;
    return [region, { url, stage: new URL(url).pathname.split("/").slice(1, 3).join("/") }] as const;
  });
  return { probes: Object.fromEntries(probes) };
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over our ports. */
export async function openAt(gateway: FakeApiGateway, options: OpenOptions = {}): Promise<Opened> {
  const { admin = gateway.admin, ports = {}, callMs = 2_000 } = options;
  const settings = gatewayKeys.settings.parse({ ...settingsOf(gateway), ...options.settings });
  const given = Object.entries(admin).map(([name, text]: [string, string]) => [name, new Secret(text)]);
  const secrets = gatewayKeys.secrets.parse(Object.fromEntries(given));
  const exchanges: RecordedExchange[] = [];
  const lines: string[] = [];
  const log = recordingLog(lines);
  const clock = () => new Date();
  const http = createTargetHttp({
    target: "gateway",
    origins: gatewayKeys.origins(settings),
    insecure: false,
    reads: gatewayKeys.reads,
    redactor: createRedactor(),
    clock,
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
  const session = await gatewayKeys.open({ target: "gateway", settings, secrets, http, clock, log });
  return { session, exchanges, lines };
}

/** The kind, with what every kind that can be switched off has. */
export const apiKey = {
  discover: (session: GatewayDriver, account: Account) => kind().discover(session, account, []),
  disable: (session: GatewayDriver, finding: Finding) => given(kind().disable?.(session, finding)),
  restore: (session: GatewayDriver, finding: Finding) => given(kind().restore?.(session, finding)),
  revoke: (session: GatewayDriver, finding: Finding) => given(kind().revoke?.(session, finding)),
  verify: (session: GatewayDriver, finding: Finding, probe: { material: Secret } | null = null): Promise<Verdict> =>
    kind().verify(session, finding, probe),
};

function kind() {
  const found = gatewayKeys.kinds["api-key"];
  if (found === undefined) throw new Error("no kind api-key");
  return found;
}

async function given(outcome: Promise<Outcome> | undefined): Promise<Outcome> {
  if (outcome === undefined) throw new Error("the kind cannot do this");
  return outcome;
}

export const freeze = (session: GatewayDriver, account: Account = leaver) =>
  given(gatewayKeys.freeze?.(session, account));
export const unfreeze = (session: GatewayDriver, account: Account = leaver) =>
  given(gatewayKeys.unfreeze?.(session, account));

/** Everything that an owner holds, with the probe material that came along. */
export async function discoverAll(session: GatewayDriver, account: Account = leaver) {
  const findings: Finding[] = [];
  const materials = new Map<string, Secret>();
  for await (const page of apiKey.discover(session, account)) {
    expect(page.complete).toBe(true);
    findings.push(...page.items);
    for (const [ref, material] of page.materials ?? []) materials.set(ref, material);
  }
  return { findings, materials };
}

/** One finding by its key; fails the test when there is none. */
export async function discoverOne(session: GatewayDriver, { region, id }: PlantedKey) {
  const { findings, materials } = await discoverAll(session);
  const finding = findings.find(({ ref }) => ref === `${region}/${id}`);
  if (finding === undefined) throw new Error(`no key ${id} was found`);
  const material = materials.get(finding.ref);
  return { finding, probe: material === undefined ? null : { material } };
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

export const leaver: Account = { id: "E-100", label: "E-100" };

/** Owners whom one could take for the leaver, and one whom nobody could. */
export const others = ["e-100", "E-1001", "E-10", " E-100", "E-200"];

/** One leaver with keys in two regions, those who must not be touched, and keys that nobody owns. */
export function plantWorld(gateway: FakeApiGateway) {
  const { keys } = gateway.plant({
    keys: [
      { name: "first", owner: leaver.id, usagePlans: ["gold"], value: "canary-key-1-of-the-leaver", customerId: "C-1" },
      { name: "second", owner: leaver.id, usagePlans: [{ name: "tests", stages: ["test"] }] },
      { name: "abroad", owner: leaver.id, region: abroad, usagePlans: ["gold"], tags: { team: "a" } },
      { name: "idle", owner: leaver.id, region: abroad, enabled: false },
      ...others.map((owner) => ({ name: "first", owner, usagePlans: ["gold"] })),
      { name: "first", owner: "E-200", region: abroad, usagePlans: ["gold"] },
      { name: leaver.id, usagePlans: ["gold"] },
      { name: "other spelling", tags: { Owner: leaver.id } },
    ],
  });
  const [first, second, far, idle] = keys;
  if (first === undefined || second === undefined || far === undefined || idle === undefined) {
    throw new Error("not planted");
  }
  return { first, second, far, idle, all: [first, second, far, idle] };
}

function recordingLog(lines: string[]): Log {
  const line = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
  const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
  return log;
}
