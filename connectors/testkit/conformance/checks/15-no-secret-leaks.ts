import { inspect } from "node:util";
import { ConnectorError } from "../../../contract/error.ts";
import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { newRecorder } from "../host.ts";
import type { Recorder } from "../host.ts";
import { secretsIn } from "../spellings.ts";
import { newCase } from "../stored-case.ts";
import type { StoredCase } from "../stored-case.ts";
import type { ConformanceWorld } from "../subject.ts";

export const noSecretLeaks: Check = {
  number: 15,
  name: "no secret leaks",
  title: "no secret in findings, evidence, logs, errors or intents",
  async run(bench) {
    const wrong = [...(await honest(bench))];
    for (const status of [400, 401, 403, 404, 405, 409, 422, 500]) {
      for (const to of ["reads", "writes"] as const) wrong.push(...(await complaining(bench, status, to)));
    }
    return wrong;
  },
};

/** A whole offboarding, and the preflight. */
async function honest(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  const secrets = secretsOf(world);
  const recorder = newRecorder();
  const stored = newCase();
  const opened = await bench.open(world, { recorder });
  const report = await opened.connector.check(opened.session);
  const { errors } = await bench.offboard(world, { stored, host: { recorder } });
  const short = secrets.filter(({ length }) => length < 8);
  return [
    ...(secrets.length > 0 ? [] : ["the world has no secret"]),
    ...short.map((text) => `the secret ${text} is too short to be searched for`),
    ...(recorder.exchanges.length > 0 && recorder.intents.length > 0 ? [] : ["nothing was recorded"]),
    ...leaks({ recorder, stored, said: [report, ...errors] }, secrets),
  ];
}

/** A server that repeats what it knows in its errors: somebody's secret, and our own credential. */
async function complaining(bench: Bench, status: number, to: "reads" | "writes"): Promise<readonly string[]> {
  const world = await bench.world();
  const secrets = secretsOf(world);
  const recorder = newRecorder();
  const stored = newCase();
  let isWrite = false;
  const isDue = (): boolean => {
    const due = to === "writes" ? isWrite : !isWrite && world.calls().length > 3;
    isWrite = false;
    return due;
  };
  const fault = world.vocabulary.complains(status, secrets.slice(0, 40).join(" "));
  world.faults.add({ on: { when: isDue }, times: "always", fault });
  const said: unknown[] = [];
  try {
    const host = { recorder, onWrite: () => (isWrite = true) };
    said.push(...(await bench.offboard(world, { stored, maxTurns: 2, looks: 1, host })).errors);
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError)) throw thrown;
    said.push(thrown);
  }
  return leaks({ recorder, stored, said }, secrets).map((leak) => `${to} that meet ${status}: ${leak}`);
}

function secretsOf({ secrets, canaries }: ConformanceWorld): readonly string[] {
  return [...new Set([...Object.values(secrets), ...canaries])];
}

interface Told {
  recorder: Recorder;
  stored: StoredCase;
  said: readonly unknown[];
}

function leaks({ recorder, stored, said }: Told, secrets: readonly string[]): readonly string[] {
  const places: Readonly<Record<string, string>> = {
    "a finding": JSON.stringify(stored.items.map(({ finding }) => finding)),
    "an outcome or verdict": JSON.stringify(stored.items.map((item) => ({ ...item, finding: null }))),
    "a gap": JSON.stringify(stored.gaps),
    evidence: recorder.exchanges.map(({ bytes }) => Buffer.from(bytes).toString("utf8")).join("\n"),
    "the rest of an exchange": JSON.stringify(recorder.exchanges.map((exchange) => ({ ...exchange, bytes: null }))),
    "an intent": JSON.stringify(recorder.intents),
    "a log line": recorder.lines.join("\n"),
    "an error or report": said
      .map((one) => inspect(one, { depth: 20, showHidden: true, maxStringLength: null }))
      .join("\n"),
  };
  return Object.entries(places).flatMap(([place, text]) =>
    secretsIn(text, secrets).map((secret) => `${place} holds the secret ${secret}`),
  );
}
