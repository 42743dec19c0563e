import type { Call } from "../../faults/index.ts";
import { subjectOfLogin, subjectsOfRow } from "./judge.ts";
import { awaitedBy } from "./revocations.ts";
import type { Ref } from "./rows.ts";
import type { Server } from "./server.ts";
import { effectsBetween, find, type World } from "./world.ts";

/** How a script of `faults` names a thing: `deployKeys:1017`, `users:1003`. */
export function subjectOf({ kind, id }: Ref): string {
  return `${kind}:${id}`;
}

/**
 * What a call is about: the users it names, whatever row its path names by id, and all that it would change, with whose
 * that is. The last is found by trying.
 */
export function subjectsOf(call: Call, world: World, server: Server): string[] {
  const { state } = world;
  const inspection = server.inspect(call);
  const names = [...(inspection.ok ? Object.values(inspection.call.params) : []), ...call.query.values()];
  const people = names.flatMap((name) => subjectOfLogin(state, name));
  const rows = names.flatMap((name) => rowsWithId(world, name));
  return [...new Set([...people, ...rows, ...changed(call, world, server)])];
}

function changed(call: Call, world: World, server: Server): string[] {
  if (call.method === "GET" || call.method === "HEAD" || !/^\/(org|repo|enterprise|scim)/.test(call.path)) return [];
  const before = world.state;
  const after = world.rehearse(() => {
    server.rehearse(call);
    return world.state;
  });
  const effects = effectsBetween(before, after);
  const jobs = after.jobs.filter((job) => !before.jobs.includes(job));
  const awaited = jobs.flatMap((job) => awaitedBy(job, before));
  return [
    ...effects.flatMap(({ kind, id }) => {
      const row = find(before, kind, id) ?? find(after, kind, id);
      return row === undefined ? [] : subjectsOfRow(before, kind, row);
    }),
    ...awaited.flatMap((row) => subjectsOfRow(before, "credentialAuthorizations", row)),
  ];
}

/** Rows with an id of GitHub's own; such ids are not used twice. */
function rowsWithId({ state }: World, text: string): string[] {
  if (!/^\d+$/.test(text)) return [];
  const kinds = ["deployKeys", "credentialAuthorizations", "grants", "grantRequests", "runners", "users"] as const;
  const more = ["repositoryInvitations", "organizationInvitations", "organizationRoles"] as const;
  return [...kinds, ...more].flatMap((kind) => {
    const row = find(state, kind, Number(text));
    return row === undefined ? [] : subjectsOfRow(state, kind, row);
  });
}
