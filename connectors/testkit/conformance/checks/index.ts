import type { Check } from "../check.ts";
import { manifest } from "./01-manifest.ts";
import { discoversEverything } from "./02-discovers-everything.ts";
import { pagesThatDrift } from "./03-pages-that-drift.ts";
import { touchesNobodyElse } from "./04-touches-nobody-else.ts";
import { lookAlikes } from "./05-look-alikes.ts";
import { dryRun } from "./06-dry-run.ts";
import { onceIsEnough } from "./07-once-is-enough.ts";
import { cutOffAnywhere } from "./08-cut-off-anywhere.ts";
import { throttled } from "./09-throttled.ts";
import { failingServer } from "./10-failing-server.ts";
import { deniedKind } from "./11-denied-kind.ts";
import { lyingServer } from "./12-lying-server.ts";
import { lateConsistency } from "./13-late-consistency.ts";
import { hiddenIsNotGone } from "./14-hidden-is-not-gone.ts";
import { noSecretLeaks } from "./15-no-secret-leaks.ts";
import { order } from "./16-order.ts";
import { freshLooks } from "./17-fresh-looks.ts";
import { rotation } from "./18-rotation.ts";
import { thereAndBack } from "./19-there-and-back.ts";
import { hasTeeth } from "./20-has-teeth.ts";

/** The twenty, in the order of their numbers. */
export const checks: readonly Check[] = [
  manifest,
  discoversEverything,
  pagesThatDrift,
  touchesNobodyElse,
  lookAlikes,
  dryRun,
  onceIsEnough,
  cutOffAnywhere,
  throttled,
  failingServer,
  deniedKind,
  lyingServer,
  lateConsistency,
  hiddenIsNotGone,
  noSecretLeaks,
  order,
  freshLooks,
  rotation,
  thereAndBack,
  hasTeeth,
];
