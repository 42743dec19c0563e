import type { Kind } from "../../../contract/connector.ts";
import { ConnectorError } from "../../../contract/error.ts";
import { Secret } from "../../../contract/secret.ts";
import type { Finding } from "../../../../src/domain/access.ts";
import { look } from "../bench.ts";
import type { Check } from "../check.ts";
import type { Opened } from "../host.ts";
import { keyOf } from "../item.ts";
import type { ConformanceWorld } from "../subject.ts";

export const dryRun: Check = {
  number: 6,
  name: "dry run",
  title: "a dry run writes nothing; each write is refused",
  async run(bench) {
    const world = await bench.world();
    const run = await bench.offboard(world, { mode: "observe", host: { access: "read" } });
    const opened = await bench.open(world, { access: "read" });
    await opened.connector.check(opened.session);
    const { findings } = await look(opened, world);
    const wrong: string[] = [];
    for (const { name, work, mayDoNothing = false } of attempts(opened, world, findings)) {
      const came = await work().then((outcome) => outcome?.state ?? "an end", codeOf);
      const isFine = came === "write-refused" || came === "unsupported" || came === "cut-off" || mayDoNothing;
      if (!isFine) wrong.push(`${name} in a dry run came to ${came}`);
    }
    return [
      ...(run.end.kind === "done" ? [] : [`the dry run did not end: ${JSON.stringify(run.end)}`]),
      ...wrong,
      ...opened.recorder.intents.map(({ operation }) => `${operation} left as a write`),
      ...world.writes().map(({ method, path }) => `the server was asked for a change: ${method} ${path}`),
      ...(world.effects() === 0 ? [] : [`${world.effects()} changes at the server`]),
    ];
  },
};

interface Attempt {
  name: string;
  work: () => Promise<{ state: string } | void | undefined>;
  /** There may be nothing to undo, which needs no write. */
  mayDoNothing?: true;
}

/** Everything that a connector could be asked to change. */
function attempts(
  { connector, session }: Opened,
  { leaver }: ConformanceWorld,
  findings: readonly Finding[],
): readonly Attempt[] {
  return [
    { name: "freeze", work: async () => connector.freeze?.(session, leaver) ?? nothingToDo },
    { name: "unfreeze", work: async () => connector.unfreeze?.(session, leaver), mayDoNothing: true },
    ...findings.flatMap((finding) => {
      const kind = connector.kinds[finding.kind];
      return kind === undefined ? [] : ofItem(kind, session, finding);
    }),
  ];
}

const nothingToDo = { state: "unsupported" };

function ofItem(kind: Kind<unknown>, session: unknown, finding: Finding): readonly Attempt[] {
  const of = keyOf(finding);
  return [
    { name: `disable of ${of}`, work: async () => kind.disable?.(session, finding) ?? nothingToDo },
    { name: `restore of ${of}`, work: async () => kind.restore?.(session, finding), mayDoNothing: true },
    { name: `revoke of ${of}`, work: async () => kind.revoke?.(session, finding) ?? nothingToDo },
    ...rotations(kind, session, finding),
  ];
}

function rotations({ rotate }: Kind<unknown>, session: unknown, finding: Finding): readonly Attempt[] {
  if (rotate === undefined || rotate.plan(session, finding).kind === "by-hand") return [];
  const issued = { ref: "none", value: new Secret("not-a-value-that-anybody-issued") };
  const turn = { token: "00000000-0000-4000-8000-000000000000", since: new Date() };
  const of = keyOf(finding);
  return [
    { name: `create of ${of}`, work: async () => void (await rotate.create(session, finding, turn)) },
    { name: `set of ${of}`, work: () => rotate.set(session, finding, issued) },
    { name: `finish of ${of}`, work: () => rotate.finish(session, finding, issued), mayDoNothing: true },
    { name: `retire of ${of}`, work: () => rotate.retire(session, finding, issued), mayDoNothing: true },
    { name: `rollBack of ${of}`, work: () => rotate.rollBack(session, finding, issued), mayDoNothing: true },
  ];
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof ConnectorError) return thrown.code;
  throw thrown;
}
