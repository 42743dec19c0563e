import type { Connector } from "../../connectors/contract/connector.ts";
import type { Account } from "../domain/access.ts";

/** An opened connector, bound to one turn of one target: its transport writes intents and evidence for that turn. */
export interface OpenTarget {
  name: string;
  connector: Connector;
  session: unknown;
}

/** What a stage needs of its target: the opened connector and the accounts it may act upon. */
export interface TargetAccounts extends OpenTarget {
  accounts: readonly Account[];
}
