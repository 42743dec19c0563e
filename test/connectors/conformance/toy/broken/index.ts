import { believing } from "./believing.ts";
import { ending } from "./ending.ts";
import { finding } from "./finding.ts";
import type { Broken } from "./how.ts";
import { keeping } from "./keeping.ts";

export type { Broken } from "./how.ts";

/** Most differ from the correct toy in one function. */
export const broken: readonly Broken[] = [...finding, ...ending, ...believing, ...keeping];
