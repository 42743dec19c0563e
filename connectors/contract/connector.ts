import type { z } from "zod";
import type { Account, Finding, Outcome, Risk, Verdict } from "../../src/domain/access.ts";
import type { Clock, Log } from "../../src/domain/ports.ts";
import type { TargetHttp } from "./http.ts";
import type { Rotation } from "./rotation.ts";
import type { Secret } from "./secret.ts";

/**
 * The contract between Lastday and one kind of target. A connector is one value; a kind of access is one record of
 * functions. What a connector can do is what it implements. The host owns transport, time-outs, retries, rate limits,
 * redaction, evidence and dry run, so a connector cannot forget them (docs/writing-a-connector.md).
 */
export interface Connector<Settings = unknown, Secrets = unknown, Session = unknown> {
  id: string;
  apiVersion: 1;
  /** The connector's own version, printed in certificates. */
  version: string;
  title: string;
  settings: z.ZodType<Settings>;
  /** Plain object of `Secret` values, by the names an operator writes under `secrets`. */
  secrets: z.ZodType<Secrets>;
  /** What the target must allow, shown to the operator and checked by `check`. */
  permissions: readonly Permission[];
  limits(settings: Settings): RateLimit;
  /** The origins that these settings allow this target to call; nothing else is reachable (design section 6). */
  origins(settings: Settings): readonly string[];
  /** Exact operations that are reads although they are not GET or HEAD. */
  reads: readonly string[];
  open(context: ConnectorContext<Settings, Secrets>): Promise<Session>;
  /** Read-only; lists what is missing. */
  check(session: Session): Promise<CheckReport>;
  /** Its principals may carry `identities`: people are found without a match rule. */
  ssoLinks?: true;
  /** Every principal of the target, a page at a time. */
  accounts(session: Session): AsyncIterable<Page<Principal>>;
  /** One principal by its immutable id; null only when the target was seen and does not have it. */
  account(session: Session, id: string): Promise<Principal | null>;
  /** Reversible stop on the principal, before discovery. What it creates is ours and left out of findings. */
  freeze?(session: Session, account: Account): Promise<Outcome>;
  unfreeze?(session: Session, account: Account): Promise<Outcome>;
  kinds: Readonly<Record<string, Kind<Session>>>;
}

/**
 * How a kind of access is ended. `rotate` replaces a secret that others use too; `cut-off` cannot be ended by the
 * organization; `report` is only named.
 */
export type KindStrategy = "delete" | "disable-then-delete" | "rotate" | "cut-off" | "report";

/** One sort of access at a target. */
export interface Kind<Session> {
  title: string;
  strategy: KindStrategy;
  risk: Risk;
  /**
   * The principal itself, its finding's `ref` being the account's id. It is switched off with the freeze and deleted only
   * once `deleteAfter` has passed; frozen and without a live credential, it is dead by `state` (design section 4).
   */
  principal?: true;
  /** What else ends with it, for the preview: "Deploy keys made with this token stop working". */
  sideEffects?: readonly string[];
  /** Kinds of the same connector that must be ended first. */
  after?: readonly string[];
  stops: "new-logins" | "live-sessions" | "both";
  reversible: boolean;
  /** How long after a write a look cannot yet be believed. */
  settleMs: number;
  /** @param known what earlier looks of this case found of this kind: some access can be seen only before it has ended. */
  discover(session: Session, account: Account, known: readonly Finding[]): AsyncIterable<Page<Finding>>;
  disable?(session: Session, finding: Finding): Promise<Outcome>;
  restore?(session: Session, finding: Finding): Promise<Outcome>;
  /** One attempt, safe to repeat; absence is `already-gone`. */
  revoke?(session: Session, finding: Finding): Promise<Outcome>;
  /** Of a kind with the strategy `rotate`; what it cannot replace by itself it hands to a person (`Rotation.plan`). */
  rotate?: Rotation<Session>;
  /** A fresh, independent look. */
  verify(session: Session, finding: Finding, probe: Probe | null): Promise<Verdict>;
}

/** Material to try a credential with: present only while the sealed store still holds it. */
export interface Probe {
  material: Secret;
}

export interface Page<T> {
  items: readonly T[];
  /** False when the target cut the listing short or it cannot be trusted to be whole. */
  complete: boolean;
  /** Secret values for a later probe, by the finding's `ref`; the host seals them and hands them back as `Probe`. */
  materials?: ReadonlyMap<string, Secret>;
}

/** One principal of the target with what can link it to a person. */
export interface Principal extends Account {
  /** Attributes that a match rule may name, as the target spells them. */
  attributes: Readonly<Record<string, string>>;
  /**
   * Who this principal is by the target's own single sign-on or provisioning link: a strong match where it names exactly
   * one person (design section 4, resolve). An address that the principal typed in is none.
   */
  identities?: readonly SsoIdentity[];
  lastUsedAt: string | null;
}

export interface SsoIdentity {
  /** Who says so, for the reason of the match: "SAML of the organization acme". */
  by: string;
  /** The person as the identity provider names them: user name, address or immutable id. */
  name: string;
}

export interface Permission {
  /** As the vendor spells it. */
  name: string;
  for: "read" | "contain" | "delete";
  why: string;
  /** The driver or feature that needs it, where not all do. */
  where?: string;
}

export interface RateLimit {
  /** The vendor's published quota; the host uses `rateShare` of it. */
  perSecond: number;
  burst: number;
  scope: "account" | "org" | "token";
}

export interface CheckReport {
  ok: boolean;
  findings: readonly { level: "ok" | "warning" | "error"; what: string; fix: string | null }[];
}

/** All that a connector gets from its host: transport, clock, log, nothing else. */
export interface ConnectorContext<Settings, Secrets> {
  target: string;
  settings: Settings;
  secrets: Secrets;
  http: TargetHttp;
  clock: Clock;
  log: Log;
}
