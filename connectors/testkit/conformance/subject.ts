import type { Connector } from "../../contract/connector.ts";
import type { Account } from "../../../src/domain/access.ts";
import type { MatchRule, PersonFacts } from "../../../src/stages/resolve/match-accounts.ts";
import type { FaultSchedule, LoggedCall } from "../faults/index.ts";
import type { Item } from "./item.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A connector with the world that it is judged in. One file per connector makes one; README.md says how. */
export interface ConformanceSubject {
  /** Its column of the table: the connector's id, and the driver where it has several: `gateway-keys (Kong)`. */
  name: string;
  connector: Connector;
  /** A fresh fake with the same people in it every time. Each check opens its own, often several. */
  openWorld(options: WorldOptions): Promise<ConformanceWorld>;
  /** Kinds of the connector that this target does not have, each with the reason: another driver's. */
  lacks?: Readonly<Record<string, string>>;
  /**
   * Why a check does not apply, by its number. The kit refuses a reason where the manifest shows that the check applies, and
   * for checks that apply to every target.
   */
  notApplicable?: Readonly<Partial<Record<number, string>>>;
}

export interface WorldOptions {
  /** Every listing of the fake gives pages of this size, whatever was asked for. Left out: as the real one. */
  pageSize?: number;
}

/** A running fake and the truth about it. Everything here is told by the fake, never by the connector. */
export interface ConformanceWorld {
  /** As an operator writes them; the kit reads them through the connector's schemas. */
  settings: unknown;
  /** Plain texts by the name an operator gives them. They must never show up anywhere. */
  secrets: Readonly<Record<string, string>>;

  leaver: Account;
  /** Whom one could take for the leaver: `leaver2`, another letter case, a plus-address. At least one. */
  lookAlikes: readonly Account[];
  /** Somebody else, with access of the same kinds. */
  bystander: Account;
  /** The person and the rules by which the leaver's account is found, alone. */
  match: Match;
  /** The same with rules by which more than one account fits; the leaver's must be among those that are asked about. */
  ambiguous: Match;

  /** All that the leaver was given, of every kind, `report` and `cut-off` included. */
  planted: readonly Item[];
  /** Plain texts of everybody's credentials, eight characters and more each. They must never show up anywhere. */
  canaries: readonly string[];

  /** All of the leaver that works right now, by the fake's own state. A freeze does not count as an end. */
  alive(): readonly Item[];
  /** One canonical text of an account and all that belongs to it; reading changes nothing in it. */
  stateOf(accountId: string): string;
  /** How many writes changed something so far (`countEffects` counts for a fake that does not). */
  effects(): number;
  /** Calls that asked for a change, whether or not they had an effect. */
  writes(): readonly LoggedCall[];
  calls(): readonly LoggedCall[];

  faults: Faults;
  vocabulary: Vocabulary;
  /** Of a connector with kinds that are rotated. */
  rotation?: RotationTruth;
  close(): Promise<void>;
}

export interface Match {
  person: PersonFacts;
  rules: readonly MatchRule[];
}

/** Where faults are put: a fake's own schedule, or `faultsOf` several fakes. */
export type Faults = Pick<FaultSchedule, "add" | "unfired">;

/** The truth about shared secrets. */
export interface RotationTruth {
  /** Everybody who uses a shared secret, and whether the value they hold works at its issuer right now. */
  consumers(): readonly { name: string; works: boolean }[];
  /** Refs of the credentials that work at the issuer for the secret that `item` stands for, the old one among them. */
  live(item: Item): readonly string[];
}
