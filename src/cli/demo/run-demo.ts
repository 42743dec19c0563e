import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Redis } from "ioredis";
import type { Redactor } from "../../../connectors/contract/redactor.ts";
import { loadConfig } from "../../config/index.ts";
import type { LoadedConfig } from "../../config/index.ts";
import { messageOf } from "../../domain/error.ts";
import { createLog } from "../../telemetry/index.ts";
import { connect } from "../api/connect.ts";
import type { ApiClient } from "../api/client.ts";
import { caseSummary, page } from "../api/views.ts";
import type { CaseDetail } from "../api/views.ts";
import { followCase } from "../case/follow.ts";
import { exportCase } from "../commands/export.ts";
import type { ExportedFiles } from "../commands/export.ts";
import type { CliDeps, DemoOptions, ServerHandle } from "../context.ts";
import { exitCode } from "../exit.ts";
import { runVerify } from "../verify/index.ts";
import { expectations } from "./expectations.ts";
import { createIdentityProvider } from "./identity-provider.ts";
import { newSecret, openOutput, writeSettings } from "./settings.ts";
import type { DemoFiles } from "./settings.ts";
import { createTranscript } from "./transcript.ts";
import type { Transcript, Verification } from "./transcript.ts";
import { bystander, leaver, startWorld } from "./world/index.ts";
import type { DemoWorld } from "./world/index.ts";

export type DemoDeps = Omit<CliDeps, "finish" | "runDemo"> & { redactor: Redactor };

/** How long the case may take before the demo says that something is wrong. */
const patienceMs = 90_000;

/**
 * The whole way on one machine: fake targets, the real server, a real SCIM deactivation, the certificate, the check.
 * @returns 0 when everything went as it must; 1 otherwise, and the transcript says what did not.
 */
export async function runDemo(options: DemoOptions, deps: DemoDeps): Promise<number> {
  const interrupted = deps.io.interrupted;
  const transcript = createTranscript(deps.io, options);
  const opened = new Opened();
  let isKept = false;
  const keep = async (): Promise<void> => {
    isKept = true;
    await interrupted;
  };
  try {
    const act = actDemo(options, { deps, transcript, opened, keep });
    const code = await Promise.race([act, interrupted.then(async () => (isKept ? await act : null))]);
    if (code !== null) return code;
    transcript.failed("It was interrupted.");
    return exitCode.failed;
  } catch (error) {
    transcript.failed(messageOf(error));
    return exitCode.failed;
  } finally {
    await opened.close();
  }
}

/** What was opened, closed in the opposite order, each thing once. */
class Opened {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#steps.push(close);
  }

  async close(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}

interface Stage {
  deps: DemoDeps;
  transcript: Transcript;
  opened: Opened;
  /** Returns when the user has seen enough. */
  keep: () => Promise<void>;
}

async function actDemo(options: DemoOptions, { deps, transcript, opened, keep }: Stage): Promise<number> {
  transcript.title();
  const output = openOutput(options.output);
  const world = await startWorld(newSecret());
  opened.add(() => world.close());
  const usesRedis = (deps.io.env["REDIS_URL"] ?? "") !== "";
  const files = writeSettings(world, output, { usesRedis });
  opened.add(() => files.remove());
  const config = readSettings(files, deps, { usesRedis });
  opened.add(() => forgetQueue(config));
  const server = await startServer(config, files, deps);
  opened.add(() => server.stop());
  transcript.scene({ world, server, configFile: near(files.configFile, deps), usesRedis });

  const { ended, api } = await offboard(world, server, files, transcript);
  const results = await expectations(world, ended);
  transcript.verdict(ended, results);
  const exported = await exportCase(api, ended.id, { folder: output, name: "certificate.json" });
  if (!options.keep) await opened.close(); // the check below must need nothing of ours
  const verified = verify(exported);
  const { certificate, trust } = exported;
  transcript.certificate(
    { certificate: near(certificate, deps), trust: near(trust, deps), log: near(files.logFile, deps) },
    verified,
  );
  const code = transcript.end([
    ...results,
    { text: "the certificate is valid, checked offline", holds: verified.code === 0 },
  ]);
  if (options.keep) {
    transcript.kept(server, world);
    await keep();
  }
  return code;
}

async function offboard(
  world: DemoWorld,
  server: ServerHandle,
  files: DemoFiles,
  transcript: Transcript,
): Promise<{ ended: CaseDetail; api: ApiClient }> {
  const provider = createIdentityProvider({ url: server.urls.api, token: files.sourceToken });
  const leaverId = await provider.create(leaver);
  await provider.create(bystander);
  transcript.provisioned([leaver.userName, bystander.userName]);

  const notice = await provider.deactivate(leaverId);
  transcript.deactivated(notice);
  if (notice.active) throw new Error("The server answered that the leaver is still active");

  const api = connect({ url: server.urls.api, tokenFile: server.operatorTokenFile }, { env: {}, cwd: "/" });
  const { items } = await api.call({ path: "/cases", answer: page(caseSummary) });
  const [opened] = items;
  if (opened === undefined || items.length !== 1) throw new Error(`${items.length} cases were opened instead of one`);
  const ended = await followCase({
    api,
    caseId: opened.id,
    everyMs: 100,
    signal: AbortSignal.timeout(patienceMs),
    waitForPeople: true, // a target that takes its time counts as one
    onChange: (change) => transcript.change(change),
  });
  if (ended.state !== "complete" && ended.state !== "complete_with_exceptions") {
    throw new Error(`After ${patienceMs / 1_000} s the case is ${ended.state}: ${ended.verdict.headline}`);
  }
  return { ended, api };
}

/** Nothing of the caller's own environment reaches the demo, least of all a database that holds something. */
function readSettings(
  files: DemoFiles,
  { io, connectors, wrapSecret }: DemoDeps,
  { usesRedis }: { usesRedis: boolean },
): LoadedConfig {
  const env = usesRedis
    ? { REDIS_URL: io.env["REDIS_URL"], LASTDAY_REDIS_INSECURE: io.env["LASTDAY_REDIS_INSECURE"] }
    : {};
  return loadConfig({ file: files.configFile, env, cwd: files.stateDir, connectors, wrapSecret });
}

async function startServer(config: LoadedConfig, files: DemoFiles, deps: DemoDeps): Promise<ServerHandle> {
  for (const secret of config.secretTexts) deps.redactor.register(secret.reveal());
  const log = createLog({
    level: "info",
    format: "json",
    redact: (text) => deps.redactor.redact(text),
    write: (line) => appendFileSync(files.logFile, line),
  });
  return await deps.startServer(config, { api: true, workers: true }, log);
}

/** Takes away what the demo left in a Redis that others may share. */
async function forgetQueue({ queue }: LoadedConfig): Promise<void> {
  if (queue === null) return;
  const redis = new Redis(queue.redisUrl.reveal(), { maxRetriesPerRequest: 1 });
  redis.on("error", () => undefined); // the failed command tells the same
  try {
    for await (const keys of redis.scanStream({ match: `${queue.prefix}:*`, count: 1_000 })) {
      if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String));
    }
  } finally {
    redis.disconnect();
  }
}

function verify({ certificate, trust }: ExportedFiles): Verification {
  let text = "";
  const write = (part: string): void => void (text += part);
  const code = runVerify({ certificate, trust }, { write, writeError: write });
  return { code, text };
}

/** A path as a reader of the transcript would type it. */
function near(file: string, { io }: Pick<DemoDeps, "io">): string {
  const path = relative(io.cwd, file);
  return path.startsWith("..") ? file : join(path);
}
