import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../api/client.ts";
import { caseDetail, isEnded } from "../api/views.ts";
import type { CaseDetail } from "../api/views.ts";
import { changesBetween } from "./changes.ts";
import type { Change } from "./changes.ts";
import { condensed } from "./condense.ts";

export interface FollowOptions {
  api: ApiClient;
  caseId: string;
  everyMs: number;
  /** Ends the following, not the case. */
  signal: AbortSignal;
  onChange: (change: Change, reading: CaseDetail) => void;
  /** Follow a case that waits for a person too; else following ends there. */
  waitForPeople?: boolean;
}

/**
 * Reads a case again and again and tells what changed, until it has ended, waits for a person, or the signal.
 * @returns the last reading.
 */
export async function followCase({
  api,
  caseId,
  everyMs,
  signal,
  onChange,
  waitForPeople,
}: FollowOptions): Promise<CaseDetail> {
  let before: CaseDetail | null = null;
  for (;;) {
    const reading: CaseDetail = await api.call({ path: `/cases/${encodeURIComponent(caseId)}`, answer: caseDetail });
    for (const change of condensed(changesBetween(before, reading))) onChange(change, reading);
    before = reading;
    const waits = reading.state === "awaiting_approval" || reading.state === "blocked" || reading.state === "scheduled";
    if (isEnded(reading.state) || (waits && waitForPeople !== true) || signal.aborted) return reading;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
