import type pg from "pg";
import type { Connector } from "../../connectors/contract/connector.ts";
import type { HostPorts } from "../../connectors/contract/host.ts";
import type { TargetHttp } from "../../connectors/contract/http.ts";
import type { Secret } from "../../connectors/contract/secret.ts";
import type { Finding } from "../../src/domain/access.ts";
import type { Fault } from "../../src/domain/fault.ts";
import type { Clock, Log } from "../../src/domain/ports.ts";
import type { MatchRule } from "../../src/stages/resolve/match-accounts.ts";
import type { PrincipalCache } from "./principal-cache.ts";

/** One configured target, ready to be opened. */
export interface WorkerTarget {
  name: string;
  connector: Connector;
  settings: unknown;
  secrets: unknown;
  rules: readonly MatchRule[];
  /** Overrides the settle time of every kind; visible configuration, never a code branch. */
  settleMs: number | null;
  concurrency: number;
  /** A transport bound to one turn's ports, over sockets that all turns share. */
  connect(ports: HostPorts): TargetHttp;
  /** Closes those sockets. */
  close(): Promise<void>;
  /** Waits for a slot of this credential's bucket. */
  rateSlot(signal: AbortSignal): Promise<void>;
}

/** Keeps what must not be lost and nobody may read, sealed, until the verdict: values for probes and of rotations. */
export interface Vault {
  /** What a probe needs, by the finding it is about. */
  put(caseId: string, target: string, finding: ItemName, material: Secret): Promise<void>;
  get(caseId: string, target: string, finding: ItemName): Promise<Secret | null>;
  /** A new value that a rotation has issued, by the rotation's token and the credential's own id. */
  putIssued(caseId: string, target: string, issued: IssuedName, value: Secret): Promise<void>;
  getIssued(caseId: string, target: string, issued: IssuedName): Promise<Secret | null>;
  /** Everything of one target's part of a case. */
  erase(caseId: string, target: string): Promise<void>;
}

/** What a case calls one item at a target. */
export type ItemName = Pick<Finding, "kind" | "ref">;

/** Two workers at one rotation may each have issued a credential: only the committed one's value counts. */
export interface IssuedName {
  token: string;
  ref: string;
}

/** What the steps of a target need from the process around them. */
export interface TargetDeps {
  pool: pg.Pool;
  log: Log;
  clock: Clock;
  fault: Fault;
  vault: Vault;
  principals: PrincipalCache;
  /** In [0, 1). */
  random(): number;
  counted: StepCounter;
}

/** Tells the metrics how a step ended. */
export type StepCounter = (step: { target: string; step: string; result: string; durationMs: number }) => void;
