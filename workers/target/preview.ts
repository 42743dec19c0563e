import type { HostPorts } from "../../connectors/contract/host.ts";
import { ConnectorError } from "../../connectors/contract/error.ts";
import { lookForAccess } from "../../src/stages/discover/look-for-access.ts";
import { resolveAccounts } from "../../src/stages/resolve/resolve-accounts.ts";
import { loadIdentity, loadRivals, loadStrangersLinks } from "../../src/store/identity.ts";
import { finishPreview, previewedPerson } from "../../src/store/previews.ts";
import type { PreviewResult } from "../../src/store/previews.ts";
import { databaseNow } from "../../src/store/turn/take.ts";
import type { TargetDeps, WorkerTarget } from "./context.ts";

/** Runs resolve and discover over a transport that refuses every write; records what a case would find here. */
export async function runPreview(
  previewId: string,
  worker: WorkerTarget,
  signal: AbortSignal,
  deps: TargetDeps,
): Promise<void> {
  const personId = await previewedPerson(deps.pool, previewId);
  if (personId === null) return;
  const ports: HostPorts = {
    access: "read",
    signal,
    log: deps.log.with({ previewId, target: worker.name }),
    rateSlot: (slotSignal) => worker.rateSlot(slotSignal),
    beforeWrite: () => Promise.reject(new Error("a preview never writes")),
    recordExchange: () => {},
  };
  const http = worker.connect(ports);
  let result: PreviewResult;
  try {
    result = await look(personId, worker, http, deps);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    result = { kind: "failed", code: error.code, reason: error.message };
  }
  await finishPreview(deps.pool, previewId, worker.name, result);
}

async function look(
  personId: string,
  worker: WorkerTarget,
  http: ReturnType<WorkerTarget["connect"]>,
  deps: TargetDeps,
): Promise<PreviewResult> {
  const { connector, name, settings, secrets } = worker;
  const session = await connector.open({ target: name, settings, secrets, http, clock: deps.clock, log: deps.log });
  const open = { name, connector, session };
  const { person, known } = await loadIdentity(deps.pool, personId, name);
  const resolution = await resolveAccounts(
    open,
    { person, rules: worker.rules, ...known },
    {
      async principals() {
        const now = await databaseNow(deps.pool);
        return (await deps.principals.list(open, { now, since: now })).principals;
      },
      linkedToOthers: () => loadStrangersLinks(deps.pool, person.id, name),
      rivals: (values) => loadRivals(deps.pool, person.id, values),
    },
  );
  if (resolution.kind === "incomplete") {
    return { kind: "failed", code: "incomplete-listing", reason: "The list of accounts was cut short" };
  }
  if (resolution.kind === "none") return { kind: "no-account", listed: resolution.listed };
  if (resolution.kind === "ask") {
    return {
      kind: "ask",
      text: resolution.text,
      candidates: resolution.candidates.map(({ account, ...match }) => ({ ...account, ...match })),
    };
  }
  const accounts = resolution.accounts.map((match) => match.account);
  const found = await lookForAccess({ ...open, accounts });
  return {
    kind: "found",
    accounts: resolution.accounts.map(({ account, ...match }) => ({ ...account, ...match })),
    freezes: connector.freeze !== undefined,
    sideEffects: [...new Set(found.findings.flatMap(({ kind }) => connector.kinds[kind]?.sideEffects ?? []))],
    items: found.findings.map(({ kind, ref, label, risk, lastUsedAt, facts }) => ({
      kind,
      ref,
      label,
      risk,
      lastUsedAt,
      strategy: connector.kinds[kind]?.strategy ?? "report",
      reason: typeof facts["reason"] === "string" ? facts["reason"] : null,
    })),
    couldNotLook: [...found.gaps, ...found.troubles.map(({ kind, error }) => ({ kind, why: error.message }))],
  };
}
