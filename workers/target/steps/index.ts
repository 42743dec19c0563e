import type { StepKind } from "../../../src/domain/case.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { discoverStep } from "./discover.ts";
import { freezeStep } from "./freeze.ts";
import { resolveStep } from "./resolve.ts";
import { revokeStep } from "./revoke.ts";
import { verifyStep } from "./verify.ts";

/** One function per step. Each ends by settling: result, evidence and the next due time commit together. */
export const steps: Record<StepKind, (turn: TargetTurn, session: unknown) => Promise<StepResult>> = {
  resolve: resolveStep,
  freeze: freezeStep,
  discover: discoverStep,
  revoke: revokeStep,
  verify: verifyStep,
};
