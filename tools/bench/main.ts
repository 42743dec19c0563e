/**
 * `npm run bench`: the figures of the README, each against its goal. Ratios come from one run against raw peers, since the
 * machine's own speed swings; medians of five where one measurement is short. Prints a table, then one line of JSON.
 */
import { measureFlows } from "./flows.ts";
import { measureCertificates } from "./certificates.ts";
import { measureLatency } from "./latency.ts";
import type { Row } from "./row.ts";
import { measureScim } from "./scim.ts";
import { measureStarts } from "./starts.ts";

const measurements = {
  starts: measureStarts,
  scim: measureScim,
  latency: measureLatency,
  flows: measureFlows,
  certificates: measureCertificates,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  console.error(`No such measurement: ${unknown.join(", ")}. There are: ${Object.keys(measurements).join(", ")}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`measuring ${name} ...`);
  rows.push(...(await measure()));
}
const width = Math.max(...rows.map((row) => row.name.length));
for (const { name, goal, value, ok } of rows) {
  console.log(`${ok ? "ok  " : "MISS"}  ${name.padEnd(width)}  ${value.padStart(14)}  goal ${goal}`);
}
console.log(JSON.stringify({ rows }));
