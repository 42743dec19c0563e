import type { Router } from "express";
import type pg from "pg";
import type { Clock, Log, NewId } from "../domain/ports.ts";
import type { CaseOpener } from "../store/open-case.ts";

/** Everything the HTTP surface needs from the process it runs in; wired in `src/api.ts`. */
export interface HttpDeps {
  pool: pg.Pool;
  log: Log;
  clock: Clock;
  newId: NewId;
  organization: string;
  /** Where readers reach this server, without a trailing slash; https decides the cookie's name and `Secure`. */
  publicUrl: string;
  /** Mount point behind a proxy, `""` or `/lastday`; no trailing slash. */
  basePath: string;
  /** Proxies whose `X-Forwarded-*` may be believed, as addresses or subnets; empty: none. */
  trustedProxies: readonly string[];
  /** Authenticates and answers everything below `/scim/v2` itself. */
  scimRouter: Router;
  /** Signed event hooks below `/hooks`; null while none is configured. */
  hooksRouter: Router | null;
  caseOpener: CaseOpener;
  /** Whether policy protects this person: their case needs two people before it acts (trust rule 8). */
  isProtected(userName: string): boolean;
  /** Public documents: verification keys, and the trust file that `lastday verify --trust` reads. */
  trust(): { jwks: object; trustFile: object };
  /** Signs an interim certificate over what is known now. */
  issueInterim(caseId: string): Promise<{ certificateId: string }>;
  /**
   * Seals a value for the next look to try, in a process that has the sealing key, which is one that runs workers; null in
   * any other (trust rule 16).
   */
  sealProbe:
    ((item: { caseId: string; target: string; kind: string; ref: string }, value: string) => Promise<void>) | null;
  /** Starts resolve and discover in observe mode for a preview whose rows are committed. */
  startPreview(previewId: string): Promise<void>;
  targets(): readonly TargetSummary[];
  /** Names of the configured sources. */
  sources(): readonly string[];
  ready(): Promise<Readiness>;
  /** Counts a request by its route pattern; left out where nobody measures. */
  requestEnded?: (request: { method: string; route: string; status: number; durationMs: number }) => void;
  /** Prometheus text exposition. */
  metrics(): Promise<string>;
  /** Ends the event streams, so that a draining server can close. */
  stopping: AbortSignal;
}

export interface TargetSummary {
  name: string;
  connector: string;
  mode: "observe" | "enforce";
}

export interface Readiness {
  ok: boolean;
  /** `database`, `migrations`, `queue`, `sealer`: what each found, in words without secrets. */
  checks: Readonly<Record<string, { ok: boolean; detail?: string }>>;
}
