import { type Call, type Reply } from "../../faults/index.ts";
import type { Entities } from "./entities.ts";
import { Refusal, refuse } from "./errors.ts";
import type { Echoes } from "./echoes.ts";
import { type KindSpec, kinds } from "./kinds.ts";
import { listBody, pageOf, type PagingOptions, withTags } from "./paging.ts";
import { parseBody } from "./request-body.ts";
import { foreignId, type Json, type Row, type Store } from "./store.ts";

export interface AdminDeps {
  readonly store: Store;
  readonly entities: Entities;
  readonly echoes: Echoes;
  readonly paging: PagingOptions;
  readonly isEnterprise: boolean;
  readonly about: () => Json;
  readonly status: () => Json;
}

/** What a path of the Admin API names. */
export interface Place {
  readonly kind: KindSpec;
  readonly parent?: { readonly kind: KindSpec; readonly field: string; readonly key: string };
  readonly key?: string;
  /** Set for `/key-auths/{id}/consumer`: what the named entity points at. */
  readonly foreignField?: string;
}

/** Reads a path, or says that the API has none such. */
export function placeOf(path: string, isEnterprise: boolean): Place | null {
  const known = kinds.filter((kind) => isEnterprise || kind.isEnterprise !== true);
  const [first, key, third, nestedKey, ...more] = segmentsOf(path);
  const outer = known.find((kind) => kind.collection === first);
  if (outer === undefined || more.length > 0) return null;
  if (key === undefined) return { kind: outer };
  if (third === undefined) return { kind: outer, key };
  const inner = known.find((kind) => kind.nested === third && fieldTo(kind, outer) !== undefined);
  const field = inner === undefined ? undefined : fieldTo(inner, outer);
  if (inner !== undefined && field !== undefined) {
    const parent = { kind: outer, field, key };
    return nestedKey === undefined ? { kind: inner, parent } : { kind: inner, parent, key: nestedKey };
  }
  const isForeign = nestedKey === undefined && outer.foreign[third] !== undefined;
  return isForeign ? { kind: outer, key, foreignField: third } : null;
}

/** Answers one call of the Admin API, honestly. */
export function answerAdmin(call: Call, deps: AdminDeps): Reply {
  try {
    return route(call, deps);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function route(call: Call, deps: AdminDeps): Reply {
  const isRead = call.method === "GET" || call.method === "HEAD";
  if (call.path === "/" || call.path === "/status") {
    if (!isRead) throw refuse.methodNotAllowed();
    return json(200, call.path === "/" ? deps.about() : deps.status());
  }
  const place = placeOf(call.path, deps.isEnterprise);
  if (place === null) throw refuse.notFound();
  const allowed = methodsOf(place);
  if (call.method === "OPTIONS") return { status: 204, headers: { allow: [...allowed, "OPTIONS"].join(", ") } };
  if (!allowed.includes(call.method)) throw refuse.methodNotAllowed();
  return place.key === undefined ? collection(call, place, deps) : entity(call, { ...place, key: place.key }, deps);
}

function methodsOf(place: Place): string[] {
  if (place.foreignField !== undefined) return ["GET", "HEAD"];
  return place.key === undefined ? ["GET", "HEAD", "POST"] : ["GET", "HEAD", "PUT", "PATCH", "DELETE"];
}

function collection(call: Call, place: Place, deps: AdminDeps): Reply {
  const { kind, parent } = place;
  const owner = ownerOf(place, deps);
  if (call.method === "POST") {
    const args = parseBody(call, kind);
    const named = parent === undefined || owner === undefined ? args : { ...args, [parent.field]: { id: owner.id } };
    return json(201, deps.entities.view(deps.entities.create(kind, named)));
  }
  if (kind.name === "consumers" && call.query.has("custom_id")) return json(200, byCustomId(call, deps));
  const stored =
    parent === undefined || owner === undefined
      ? deps.store.all(kind.name)
      : deps.store.pointingAt(kind.name, parent.field, owner.id);
  const seen = deps.echoes.overlay(kind.name, stored, (row) =>
    parent === undefined || owner === undefined ? true : foreignId(row, parent.field) === owner.id,
  );
  const live = kind.fields.ttl === undefined ? seen : seen.filter((row) => !deps.entities.isExpired(row));
  const page = pageOf(withTags(live, call.query.get("tags")), call.query, deps.paging);
  const shown = { ...page, data: page.data.map((row) => deps.entities.view(row)) };
  return json(200, listBody(shown, call, parent !== undefined));
}

/** `?custom_id=` finds one or none, whatever else is asked (api/routes/consumers.lua). An empty value is refused. */
function byCustomId(call: Call, { store, echoes }: AdminDeps): Json {
  const values = call.query.getAll("custom_id");
  const [wanted] = values;
  if (wanted === undefined || values.length > 1) throw refuse.uniqueQuery("custom_id", "expected a string");
  if (wanted === "") throw refuse.uniqueQuery("custom_id", "length must be at least 1");
  const found = store.byUnique("consumers", "custom_id", wanted);
  const seen = echoes.overlay("consumers", found === undefined ? [] : [found], (row) => row.custom_id === wanted);
  return { data: seen, next: null };
}

function entity(call: Call, place: Place & { readonly key: string }, deps: AdminDeps): Reply {
  const { kind, parent, key } = place;
  const { entities } = deps;
  const owner = ownerOf(place, deps);
  const scope = parent === undefined || owner === undefined ? undefined : { field: parent.field, id: owner.id };
  const row = entities.find(kind, key, scope);
  switch (call.method) {
    case "PUT": {
      const args = parseBody(call, kind);
      const named = scope === undefined ? args : { ...args, [scope.field]: { id: scope.id } };
      const before = row ?? entities.find(kind, key);
      return json(200, entities.view(entities.upsert(kind, key, before, named)));
    }
    case "PATCH":
      if (row === undefined) throw refuse.notFound();
      return json(200, entities.view(entities.update(kind, row, parseBody(call, kind))));
    case "DELETE":
      // Below its consumer a missing credential is 404 (plugins/key-auth/api.lua); in its own collection deleting
      // nothing is 204 as well (api/endpoints.lua). The description says 204 for both.
      if (row === undefined && scope !== undefined) throw refuse.notFound();
      if (row !== undefined) entities.remove(kind, row);
      return { status: 204 };
    default: {
      const seen = deps.echoes.overlayOne(kind, key, row, scope);
      if (seen === undefined) throw refuse.notFound();
      if (place.foreignField === undefined) return json(200, entities.view(seen));
      return json(200, entities.view(pointedAt(kind, place.foreignField, seen, deps)));
    }
  }
}

function pointedAt(kind: KindSpec, field: string, row: Row, { store }: AdminDeps): Row {
  const id = foreignId(row, field);
  const target = id === null ? undefined : store.get(kind.foreign[field]?.to ?? "consumers", id);
  if (target === undefined) throw refuse.notFound();
  return target;
}

/** The entity that the call is below; a missing one is 404. */
function ownerOf({ parent }: Place, { entities, echoes }: AdminDeps): Row | undefined {
  if (parent === undefined) return undefined;
  const owner = entities.find(parent.kind, parent.key) ?? echoes.peek(parent.kind, parent.key);
  if (owner === undefined) throw refuse.notFound();
  return owner;
}

/** Ids of all that a call is about: what its path names, to whom that belongs, and the ids themselves. */
export function subjectsOfAdmin(call: Call, entities: Entities, isEnterprise: boolean): string[] {
  const place = placeOf(call.path, isEnterprise);
  if (place === null) return [];
  const owner = place.parent === undefined ? undefined : entities.find(place.parent.kind, place.parent.key);
  const row = place.key === undefined ? undefined : entities.find(place.kind, place.key);
  const targets =
    row === undefined ? [] : Object.keys(place.kind.foreign).flatMap((field) => foreignId(row, field) ?? []);
  const keys = [place.key, place.parent?.key].flatMap((key) => key ?? []);
  return [...new Set([...keys, ...[owner?.id, row?.id].flatMap((id) => id ?? []), ...targets])];
}

/** The names a request uses, to be held against the description. */
export function namesIn(call: Call): { queryNames: string[]; bodyNames: string[] } {
  const place = placeOf(call.path, true);
  const queryNames = [...call.query.keys()];
  if (place === null || call.body.length === 0) return { queryNames, bodyNames: [] };
  try {
    return { queryNames, bodyNames: Object.keys(parseBody(call, place.kind)) };
  } catch {
    return { queryNames, bodyNames: [] };
  }
}

export function json(status: number, body: Json): Reply {
  return { status, content: { json: body } };
}

function fieldTo(kind: KindSpec, target: KindSpec): string | undefined {
  return Object.entries(kind.foreign).find(([, spec]) => spec.to === target.name)?.[0];
}

function segmentsOf(path: string): string[] {
  return path.split("/").flatMap((segment) => {
    if (segment === "") return [];
    try {
      return [decodeURIComponent(segment)];
    } catch {
      return [segment];
    }
  });
}
