import { z } from "zod";
import type { TokenRecord } from "../../store/tokens.ts";
import { tokenRoles } from "../../store/tokens.ts";
import type { LinkRow, PreviewRow, TargetHealthRow } from "../../store/views/reference.ts";
import type { SealedAuditRow } from "../../store/views/sealed-audit.ts";
import type { TargetSummary } from "../deps.ts";
import { id, instant, iso, isoOrNull, sha256 } from "./shared.ts";

export const personView = z
  .strictObject({
    id,
    source: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    active: z.boolean(),
    liveCaseId: id.nullable(),
  })
  .meta({ id: "Person" });

export const linkView = z
  .strictObject({
    id,
    personId: id,
    userName: z.string(),
    target: z.string(),
    accountId: z.string(),
    label: z.string(),
    confirmedBy: z.string(),
    confirmedAt: instant,
  })
  .meta({ id: "Link", description: "A person's account at a target, confirmed by someone" });

export function linkViewOf({ confirmedAt, ...row }: LinkRow): z.output<typeof linkView> {
  return { ...row, confirmedAt: iso(confirmedAt) };
}

export const tokenView = z
  .strictObject({
    id,
    kind: z.enum(["api", "source"]),
    name: z.string(),
    source: z.string().nullable(),
    role: z.enum(tokenRoles).nullable(),
    prefix: z.string().describe("The first characters, to recognise it by"),
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().describe("To the minute"),
  })
  .meta({ id: "Token", description: "A token, never its value" });

export function tokenViewOf(record: TokenRecord): z.output<typeof tokenView> {
  const { createdAt, expiresAt, revokedAt, lastUsedAt, ...rest } = record;
  return {
    ...rest,
    createdAt: iso(createdAt),
    expiresAt: isoOrNull(expiresAt),
    revokedAt: isoOrNull(revokedAt),
    lastUsedAt: isoOrNull(lastUsedAt),
  };
}

export const targetHealthView = z
  .strictObject({
    name: z.string(),
    connector: z.string(),
    mode: z.enum(["observe", "enforce"]),
    health: z.string().describe("`ok`, or what its breaker says; `unknown` before the first call"),
    reasonCode: z.string().nullable(),
    reason: z.string().nullable(),
    openUntil: instant.nullable(),
    lastSuccessAt: instant.nullable(),
  })
  .meta({ id: "Target", description: "A configured target and how it does" });

export type TargetHealthView = z.output<typeof targetHealthView>;

export function targetHealthViewOf(target: TargetSummary, row: TargetHealthRow | undefined): TargetHealthView {
  return {
    name: target.name,
    connector: target.connector,
    mode: target.mode,
    health: row?.state ?? "unknown",
    reasonCode: row?.reasonCode ?? null,
    reason: row?.reason ?? null,
    openUntil: isoOrNull(row?.openUntil ?? null),
    lastSuccessAt: isoOrNull(row?.lastSuccessAt ?? null),
  };
}

export const previewView = z
  .strictObject({
    id,
    personId: id,
    requestedBy: z.string(),
    createdAt: instant,
    finished: z.boolean(),
    targets: z.array(
      z.strictObject({
        target: z.string(),
        state: z.string(),
        result: z.unknown(),
        finishedAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: "Preview", description: "What offboarding a person would find; nothing is written anywhere" });

export function previewViewOf({ createdAt, targets, ...row }: PreviewRow): z.output<typeof previewView> {
  return {
    ...row,
    createdAt: iso(createdAt),
    finished: targets.every((target) => target.finishedAt !== null),
    targets: targets.map(({ finishedAt, ...target }) => ({ ...target, finishedAt: isoOrNull(finishedAt) })),
  };
}

export const auditView = z
  .strictObject({
    seq: z.int(),
    sha256: sha256.describe("Of this entry and the one before it"),
    at: instant,
    actor: z.string(),
    action: z.string(),
    caseId: id.nullable(),
    target: z.string().nullable(),
    data: z.unknown(),
  })
  .meta({ id: "AuditEntry", description: "One link of the sealed chain" });

export function auditViewOf({ at, ...row }: SealedAuditRow): z.output<typeof auditView> {
  return { ...row, at: iso(at) };
}
