/**
 * `npm test`: starts one PostgreSQL and one Redis for all tests, runs Jest with the arguments given, prints how the
 * connectors conform where that was tried, and ends with `N passed, N failed`. With LASTDAY_REQUIRE_ALL=1 nothing may be missing; otherwise what was skipped is said loudly.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTemplate, testServer } from "../test/support/database.ts";
import { findChromium, findRedisServer, requireAll } from "../test/support/programs.ts";
import { startRedisServer } from "../test/support/redis-server.ts";
import { conformanceTable, readResults } from "./conformance-table.ts";

interface Missing {
  readonly what: string;
  readonly skips: string;
  readonly fix: string;
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not be loaded: their tests were not even counted. */
  readonly numRuntimeErrorTestSuites: number;
}

/** These are pure, or bring the servers they need: run alone, they need no database. */
const withoutServers: ReadonlySet<string> = new Set(["unit", "connectors"]);

/** A vendor's notice about Node's age, once for each test file, would bury the results. */
const quietSdks = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** Jest's own list options swallow what follows them, so a path goes first: `npm run test:connectors -- test/connectors/x`. */
const args = process.argv.slice(2).toSorted((a, b) => Number(isPath(b)) - Number(isPath(a)));
process.exitCode = await main().catch((error: unknown) => {
  console.error(error);
  console.log(summary(0, 1, 0));
  return 1;
});

async function main(): Promise<number> {
  const pure = needsNoServer(args);
  const missing = pure ? [] : findMissing();
  if (requireAll && missing.length > 0) {
    printMissing("LASTDAY_REQUIRE_ALL=1 and this machine lacks:", missing);
    console.log(summary(0, 1, 0));
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), "lastday-tests-"));
  const cleanups = [() => rm(folder, { recursive: true, force: true })];
  try {
    const env = pure ? {} : await startServers(cleanups);
    const report = join(folder, "report.json");
    const conformance = join(folder, "conformance");
    const status = await runJest(report, { ...env, LASTDAY_CONFORMANCE_RESULTS: conformance, ...quietSdks });
    const results = await readResults(conformance);
    if (results.length > 0) console.log(`\n${conformanceTable(results)}\n`);
    if (missing.length > 0) printMissing("Skipped, because this machine lacks:", missing);
    return conclude(status, await readReport(report));
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function startServers(cleanups: (() => Promise<void>)[]): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const postgres = await testServer();
  cleanups.push(() => postgres.stop());
  await ensureTemplate(postgres.adminUrl);
  env["LASTDAY_TEST_POSTGRES_URL"] = postgres.adminUrl;
  if (process.env["LASTDAY_TEST_REDIS_URL"] === undefined && findRedisServer() !== null) {
    const redis = await startRedisServer();
    cleanups.push(() => redis.stop());
    env["LASTDAY_TEST_REDIS_URL"] = redis.url;
  }
  const chromium = findChromium();
  if (chromium !== null) env["LASTDAY_TEST_CHROMIUM"] = chromium;
  return env;
}

function isPath(arg: string): boolean {
  return !arg.startsWith("-") && arg.includes("/");
}

function needsNoServer(given: readonly string[]): boolean {
  const at = given.indexOf("--selectProjects");
  if (at === -1) return false;
  const rest = given.slice(at + 1);
  const end = rest.findIndex((arg) => arg.startsWith("-"));
  const projects = end === -1 ? rest : rest.slice(0, end);
  return projects.length > 0 && projects.every((project) => withoutServers.has(project));
}

function findMissing(): Missing[] {
  const missing: Missing[] = [];
  if (findRedisServer() === null && process.env["LASTDAY_TEST_REDIS_URL"] === undefined) {
    const fix = "install redis-server (Debian, Ubuntu: apt install redis-server; macOS: brew install redis)";
    missing.push({ what: "redis-server", skips: "all tests of the Redis backend", fix });
  }
  if (findChromium() === null) {
    missing.push({
      what: "chromium",
      skips: "all tests in a browser",
      fix: "install chromium (Debian: apt install chromium)",
    });
  }
  return missing;
}

function printMissing(title: string, missing: readonly Missing[]): void {
  const line = "!".repeat(100);
  const lines = missing.map(
    ({ what, skips, fix }) => `!!  ${what}: without it ${skips} do not run.\n!!      To run them: ${fix}`,
  );
  console.log(["", line, `!!  ${title}`, ...lines, line, ""].join("\n"));
}

/** Jest in a process of its own; ^C reaches it from the terminal, other signals are passed on. */
async function runJest(report: string, env: Record<string, string>): Promise<number> {
  const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
  const options = `${process.env["NODE_OPTIONS"] ?? ""} --experimental-vm-modules --disable-warning=ExperimentalWarning`;
  const child = spawn(process.execPath, [jest, "--maxWorkers=2", "--json", `--outputFile=${report}`, ...args], {
    stdio: "inherit",
    env: { ...process.env, ...env, NODE_OPTIONS: options.trim() },
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

async function readReport(path: string): Promise<JestResult | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as JestResult;
  } catch {
    return null; // Jest ended before it could count
  }
}

function conclude(status: number, result: JestResult | null): number {
  const counted = result === null ? 0 : result.numFailedTests + result.numRuntimeErrorTestSuites;
  const failed = status === 0 ? counted : Math.max(counted, 1);
  const skipped = result === null ? 0 : result.numPendingTests + result.numTodoTests;
  console.log(summary(result?.numPassedTests ?? 0, failed, skipped));
  return status === 0 && failed > 0 ? 1 : status;
}

function summary(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
