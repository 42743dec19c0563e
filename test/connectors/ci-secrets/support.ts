import type { HostPorts, RecordedExchange } from "../../../connectors/contract/host.ts";
import { createRedactor } from "../../../connectors/contract/redactor.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import { createTargetHttp } from "../../../connectors/contract/target-http.ts";
import { ciSecrets } from "../../../connectors/ci-secrets/index.ts";
import type { CiSession } from "../../../connectors/ci-secrets/open.ts";
import type { Account, Finding, Outcome, Verdict } from "../../../src/domain/access.ts";
import type { Log } from "../../../src/domain/ports.ts";
import type { World } from "./world.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Closed after the test. */
export function closing<T extends { close(): Promise<void> }>(one: T): T {
  closers.push(() => one.close());
  return one;
}

export interface Opened {
  session: CiSession;
  exchanges: RecordedExchange[];
  /** Every line that was logged, as JSON. */
  lines: string[];
}

export interface OpenOptions {
  settings?: Record<string, unknown>;
  secrets?: Record<string, string>;
  ports?: Partial<HostPorts>;
  clock?: () => Date;
  callMs?: number;
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over our ports. */
export async function openAt(world: World, options: OpenOptions = {}): Promise<Opened> {
  const clock = options.clock ?? (() => new Date());
  const settings = ciSecrets.settings.parse({ ...world.settings, ...options.settings });
  const texts = { ...world.secrets, ...options.secrets };
  const secrets = ciSecrets.secrets.parse(
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new Secret(text)])),
  );
  const exchanges: RecordedExchange[] = [];
  const lines: string[] = [];
  const log = recordingLog(lines);
  const http = createTargetHttp({
    target: "ci",
    origins: ciSecrets.origins(settings),
    insecure: false,
    reads: ciSecrets.reads,
    redactor: createRedactor(),
    clock,
    limits: { callMs: options.callMs ?? 2_000, throttlePatienceMs: 0 },
    ports: {
      access: "write",
      rateSlot: async () => undefined,
      beforeWrite: async () => ({ settled: async () => undefined }),
      recordExchange: (exchange) => void exchanges.push(exchange),
      signal: new AbortController().signal,
      log,
      ...options.ports,
    },
  });
  closers.push(() => http.close());
  const session = await ciSecrets.open({ target: "ci", settings, secrets, http, clock, log });
  return { session, exchanges, lines };
}

export type KindName = "exposure" | "credential" | "secret";

export function kindOf(name: KindName) {
  const kind = ciSecrets.kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** The steps of a rotation, of a kind that has them. */
export function rotationOf(name: "credential" | "secret") {
  const { rotate } = kindOf(name);
  if (rotate === undefined) throw new Error(`${name} is not rotated`);
  return rotate;
}

/** Everything of one kind, with the probe material that came along. */
export async function discover(session: CiSession, account: Account, name: KindName, known: readonly Finding[] = []) {
  const findings: Finding[] = [];
  const materials = new Map<string, Secret>();
  for await (const page of kindOf(name).discover(session, account, known)) {
    expect(page.complete).toBe(true);
    findings.push(...page.items);
    for (const [ref, material] of page.materials ?? []) materials.set(ref, material);
  }
  return { findings, materials };
}

/** One look as the engine does it: every kind in order, one session, with what is known. */
export async function look(session: CiSession, account: Account, known: readonly Finding[] = []): Promise<Finding[]> {
  const all: Finding[] = [];
  for (const name of Object.keys(ciSecrets.kinds) as KindName[]) {
    const before = known.filter((finding) => finding.kind === name);
    all.push(...(await discover(session, account, name, before)).findings);
  }
  return all;
}

export function theOne(findings: readonly Finding[], kind: KindName): Finding {
  const [finding, ...others] = findings.filter((one) => one.kind === kind);
  if (finding === undefined || others.length > 0) throw new Error(`expected one ${kind}, got ${findings.length}`);
  return finding;
}

export function said(result: Verdict | Outcome): string {
  return "by" in result ? `${result.state} by ${result.by}` : result.state;
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
