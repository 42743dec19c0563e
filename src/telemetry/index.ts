export { createLog } from "./log.ts";
export type { LogOptions } from "./log.ts";
export { escapeText } from "./line.ts";
export { createMetrics } from "./metrics.ts";
export type { Metrics } from "./metrics.ts";
