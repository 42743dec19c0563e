import type { Issued, RotationTurn } from "../../contract/rotation.ts";
import type { Secret } from "../../contract/secret.ts";
import type { IssuerKind, Plan } from "../plan-settings.ts";

/** A credential as its issuer lists it. */
export interface HeldKey {
  /** The issuer's own id; not a secret. */
  id: string;
  createdAt: Date | null;
  lastUsedAt: Date | null;
  /** False once it was switched off. */
  isActive: boolean;
  /** Where the issuer shows it again. */
  value: Secret | null;
  /** Marks on it, where the issuer has such. */
  tags: readonly string[];
}

/** Who issues a credential: what a rotation needs of it. One per sort of issuer; a later one is one more file. */
export interface Issuer {
  /** In sentences: `access key`. */
  noun: string;
  /** Most credentials that one principal can have; null: no limit. */
  mostKeys: number | null;
  /**
   * Every credential of the plan's principal, fresh.
   * @throws {ConnectorError} `not-visible` when the principal is not there or not shown.
   */
  keys(plan: Plan): Promise<readonly HeldKey[]>;
  /** When a credential was last used, where the issuer knows. */
  lastUse(plan: Plan, key: HeldKey): Promise<Date | null>;
  /** Whether an earlier attempt of this rotation left it. */
  isLeftBy(turn: RotationTurn, key: HeldKey): boolean;
  create(plan: Plan, turn: RotationTurn): Promise<Issued>;
  /** The parts that templates name. */
  partsOf(credential: Issued): Readonly<Record<string, string>>;
  /** Tries a credential where it is accepted. `works` is null when that told nothing. */
  attempt(plan: Plan, credential: Issued): Promise<{ works: boolean | null; reason: string }>;
  /** Whether a new credential that is not listed is there, asked by a write that changes nothing that matters. */
  confirm(plan: Plan, id: string): Promise<boolean>;
  /** Switches it off, where that can be taken back; null where it cannot. */
  switchOff: ((plan: Plan, id: string) => Promise<void>) | null;
  remove(plan: Plan, id: string): Promise<"removed" | "absent">;
  /** The credential that we ourselves come with: replacing it would end our own access in the middle. */
  ownKeyId: (() => Promise<string>) | null;
  /** Why trying a credential would tell nothing, in sentences; null where that cannot be. Read-only. */
  problem: (() => Promise<readonly string[]>) | null;
}

/** The issuer that a plan names. */
export type Issuers = (kind: IssuerKind) => Issuer;
