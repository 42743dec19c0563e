import { inspect } from "node:util";
import type { HostPorts, RecordedExchange, WriteIntent } from "../../contract/host.ts";
import { createRedactor } from "../../contract/redactor.ts";
import { Secret } from "../../contract/secret.ts";
import { createTargetHttp } from "../../contract/target-http.ts";
import type { TransportLimits } from "../../contract/transport.ts";
import type { Log } from "../../../src/domain/ports.ts";
import type { OpenTarget } from "../../../src/stages/session.ts";
import type { ConformanceSubject, ConformanceWorld } from "./subject.ts";

/** A connector that asks for more than this within one session never ends. */
const maxCalls = 5_000;

/** The connector never came to an end. Thrown from the rate slot, where nothing of the connector's can take it for its own. */
export class NeverEnds extends Error {
  override readonly name = "NeverEnds";
}

/** All that left the connector other than to its target. Several sessions may write into one. */
export interface Recorder {
  intents: WriteIntent[];
  exchanges: RecordedExchange[];
  /** Log lines with their fields, as text. */
  lines: string[];
}

export function newRecorder(): Recorder {
  return { intents: [], exchanges: [], lines: [] };
}

export interface OpenOptions {
  access?: "read" | "write";
  limits?: Partial<TransportLimits>;
  recorder?: Recorder;
  /** Told of each write just before it leaves. */
  onWrite?: (write: WriteIntent) => void;
}

type Listeners = ((write: WriteIntent) => void)[];

/** A connector opened for one turn. */
export interface Opened extends OpenTarget {
  recorder: Recorder;
  /** Calls the listener just before each write leaves. */
  beforeWrite(listener: (write: WriteIntent) => void): void;
  /** Nothing leaves any more, and what is on its way is given up: as a killed process would be seen from outside. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens the connector as the host does: settings and secrets through its schemas, its transport over ports of the kit. */
export async function openConnector(
  { connector, name }: ConformanceSubject,
  world: ConformanceWorld,
  options: OpenOptions = {},
): Promise<Opened> {
  const recorder = options.recorder ?? newRecorder();
  const settings = connector.settings.parse(world.settings);
  const given = Object.entries(world.secrets).map(([field, text]) => [field, new Secret(text)] as const);
  const secrets = connector.secrets.parse(Object.fromEntries(given));
  const redactor = createRedactor();
  for (const [, secret] of given) redactor.register(secret);
  const turn = new AbortController();
  const listeners: Listeners = options.onWrite === undefined ? [] : [options.onWrite];
  const clock = (): Date => new Date();
  const log = recordingLog(recorder.lines);
  const http = createTargetHttp({
    target: name,
    origins: connector.origins(settings),
    insecure: false,
    reads: connector.reads,
    redactor,
    clock,
    ports: portsOf({ signal: turn.signal, log, access: options.access ?? "write" }, recorder, listeners),
    limits: { callMs: 5_000, throttlePatienceMs: 0, ...options.limits },
  });
  const session = await connector
    .open({ target: name, settings, secrets, http, clock, log })
    .catch(async (thrown: unknown) => {
      await http.close();
      throw thrown;
    });
  return {
    name,
    connector,
    session,
    recorder,
    beforeWrite: (listener) => void listeners.push(listener),
    cut: () => turn.abort(),
    close: () => http.close(),
  };
}

function portsOf(
  given: Pick<HostPorts, "access" | "signal" | "log">,
  recorder: Recorder,
  listeners: Listeners,
): HostPorts {
  const { signal } = given;
  let calls = 0;
  return {
    ...given,
    async rateSlot() {
      signal.throwIfAborted();
      calls += 1;
      if (calls > maxCalls) throw new NeverEnds(`the connector made more than ${maxCalls} calls in one session`);
    },
    async beforeWrite({ operation, method, template }) {
      signal.throwIfAborted();
      const write = { operation, method, template }; // what an engine keeps of it
      recorder.intents.push(write);
      for (const listener of listeners) listener(write);
      return { settled: async () => undefined };
    },
    recordExchange: (exchange) => void recorder.exchanges.push(exchange),
  };
}

function recordingLog(lines: string[], bound: object = {}): Log {
  const line = (message: string, fields: object = {}): void => {
    lines.push(`${message} ${inspect({ ...bound, ...fields }, { depth: 10, maxStringLength: null })}`);
  };
  return {
    debug: line,
    info: line,
    warn: line,
    error: line,
    with: (fields) => recordingLog(lines, { ...bound, ...fields }),
  };
}
