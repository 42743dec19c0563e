import type { Change } from "../case/changes.ts";
import { changeLine, namingTarget } from "../case/render.ts";
import type { CaseDetail } from "../api/views.ts";
import type { CliIo, DemoOptions, ServerHandle } from "../context.ts";
import { exitCode } from "../exit.ts";
import { styleFor } from "../terminal/style.ts";
import { field } from "../terminal/table.ts";
import type { Expectation } from "./expectations.ts";
import { bystander, leaver } from "./world/index.ts";
import type { DemoWorld } from "./world/index.ts";

/** What the demo tells while it runs: for a reader in 80 columns, or as one JSON value at the end. */
export interface Transcript {
  title(): void;
  scene(scene: { world: DemoWorld; server: ServerHandle; configFile: string; usesRedis: boolean }): void;
  provisioned(userNames: readonly string[]): void;
  deactivated(notice: { status: number; tookMs: number }): void;
  change(change: Change): void;
  verdict(ended: CaseDetail, results: readonly Expectation[]): void;
  kept(server: ServerHandle, world: DemoWorld): void;
  certificate(files: { certificate: string; trust: string; log: string }, verified: Verification): void;
  failed(reason: string): void;
  /** @returns the exit code of the demo. */
  end(results: readonly Expectation[]): number;
}

/** What the offline verifier said of the certificate. */
export interface Verification {
  code: number;
  text: string;
}

export function createTranscript(io: CliIo, { json }: Pick<DemoOptions, "json">): Transcript {
  return json ? jsonTranscript(io) : readableTranscript(io);
}

function readableTranscript(io: CliIo): Transcript {
  const style = styleFor(io);
  let startedAt = performance.now();
  const since = (): number => performance.now() - startedAt;
  const say = (text: string): void => io.out(text);
  const heading = (text: string): void => say(`\n${style.bold(text)}\n`);
  const line = (what: string, subject: string, text: string): void =>
    say(changeLine({ target: "", what, subject, text, tone: "plain" }, since(), style));

  return {
    title: () => say(`${style.bold("Lastday demo: one leaver, four targets, one key that will not die")}\n\n`),
    scene({ world, server, configFile, usesRedis }) {
      say(field("gateway", `a fake Kong Gateway at ${world.gateway.kong.adminUrl}`));
      say(field("aws", `a fake AWS account at ${world.account.aws.url}`));
      say(field("github", `a fake GitHub organization at ${world.organization.github.url}`));
      say(field("ci", "the secrets of its builds, which hold keys of the gateway and of AWS"));
      say(field("server", `${server.urls.api}, embedded PostgreSQL, queue on ${usesRedis ? "Redis" : "PostgreSQL"}`));
      say(field("settings", `${configFile} (a few values make it quick)`));
      say(field("leaves", leaver.userName));
      say(field("stays", `${bystander.userName}, a colleague with nearly the same name`));
      say(field("the catch", `the gateway says 204 to the first deletion of one key, and keeps it`));
      startedAt = performance.now();
    },
    provisioned(userNames) {
      heading("The identity provider speaks SCIM");
      for (const userName of userNames) line("POST", userName, "201, active");
    },
    deactivated({ status, tookMs }) {
      line("PATCH", leaver.userName, `active=false: ${status} in ${tookMs.toFixed(0)} ms`);
      heading("Lastday ends the access");
      startedAt = performance.now();
    },
    change: (change) => say(changeLine(namingTarget(change), since(), style)),
    verdict(ended, results) {
      heading(`${ended.verdict.headline}, ${(since() / 1_000).toFixed(1)} s after the notice`);
      say(field("", ended.verdict.explanation, 0));
      for (const { target, text } of ended.blindSpots) say(field("except", `${target}: ${text}`));
      for (const { text, holds } of results) say(`  ${holds ? style.good("yes") : style.bad("NO ")}  ${text}\n`);
    },
    kept(server, world) {
      heading("Kept running until Ctrl-C");
      say(field("web page", server.urls.api));
      say(field("token", server.operatorTokenFile));
      say(field("gateway", world.gateway.kong.adminUrl));
      say(field("aws", world.account.aws.url));
      say(field("github", world.organization.github.url));
    },
    certificate({ certificate, trust, log }, { code, text }) {
      heading("The certificate, checked offline");
      say(field("certificate", certificate));
      say(field("trust file", trust));
      say(field("server log", log));
      const firstLine = text.split("\n", 1)[0] ?? "";
      say(field("verify", `exit ${code}: ${firstLine}`));
      say(
        `\n  Check it again; then change any byte of it, and check again:\n  npx lastday verify ${certificate} --trust ${trust}\n`,
      );
    },
    failed: (reason) => io.err(`\n${style.bad("The demo failed:")} ${reason}\n`),
    end(results) {
      const broken = results.filter(({ holds }) => !holds);
      for (const { text } of broken) io.err(`${style.bad("Not true:")} ${text}\n`);
      return broken.length === 0 ? exitCode.ok : exitCode.failed;
    },
  };
}

function jsonTranscript(io: CliIo): Transcript {
  const startedAt = performance.now();
  const events: unknown[] = [];
  const report: Record<string, unknown> = { ok: false, events };
  const note = (event: object): void => void events.push({ atMs: Math.round(performance.now() - startedAt), ...event });
  const print = (): void => io.out(`${JSON.stringify(report, null, 2)}\n`);
  return {
    title: () => undefined,
    scene: ({ server, configFile, usesRedis, world }) =>
      Object.assign(report, {
        urls: server.urls,
        gateway: world.gateway.kong.adminUrl,
        aws: world.account.aws.url,
        github: world.organization.github.url,
        configFile,
        queue: usesRedis ? "redis" : "postgresql",
      }),
    provisioned: (userNames) => note({ what: "provisioned", userNames }),
    deactivated: (notice) => note({ what: "deactivated", ...notice }),
    change: ({ tone: _tone, ...change }) => note(change),
    verdict: ({ id, state, verdict }) => Object.assign(report, { caseId: id, state, verdict }),
    kept: ({ operatorTokenFile }) => io.err(`Kept running; Ctrl-C ends it. Token: ${operatorTokenFile}\n`),
    certificate: (files, { code }) => Object.assign(report, { files, verifyExitCode: code }),
    failed(reason) {
      Object.assign(report, { ok: false, failed: reason });
      print();
    },
    end(results) {
      const ok = results.every(({ holds }) => holds);
      Object.assign(report, { ok, checks: results });
      print();
      return ok ? exitCode.ok : exitCode.failed;
    },
  };
}
