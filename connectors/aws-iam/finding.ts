import type { Finding, Risk } from "../../src/domain/access.ts";
import type { IamUser } from "./users.ts";

/** What is particular about one thing that a user holds. */
export interface Particulars {
  ref: string;
  label: string;
  risk?: Risk;
  createdAt?: Date | null | undefined;
  lastUsedAt?: Date | null | undefined;
  expiresAt?: Date | null | undefined;
  facts?: Finding["facts"];
}

/** The name goes into the facts: it is where the next look starts from, and only the id is believed. */
export function findingOf(kind: string, user: IamUser, particulars: Particulars): Finding {
  const { ref, label, risk = "write", createdAt, lastUsedAt, expiresAt, facts = {} } = particulars;
  return {
    kind,
    ref,
    accountId: user.id,
    label,
    holder: "owned",
    risk,
    createdAt: createdAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    facts: { ...facts, user: user.name },
  };
}
