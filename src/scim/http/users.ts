import { isUuid } from "../../domain/id.ts";
import type { Log } from "../../domain/ports.ts";
import type { Claim, Decide, People, PersonRow } from "../../store/people/index.ts";
import { dialectRules } from "../dialect.ts";
import { ScimError } from "../error.ts";
import { parseFilter } from "../filter/parse.ts";
import { compileFilter } from "../filter/sql.ts";
import type { Json } from "../json.ts";
import { parseJson } from "../json.ts";
import type { Notes } from "../notes.ts";
import { applyPatch } from "../patch/apply-patch.ts";
import { isAboutActive, readPatch } from "../patch/read-patch.ts";
import { withoutPassword } from "../redact.ts";
import { draftOf, resourceOf } from "../resource/person.ts";
import { entityTag, presentPerson } from "../resource/present.ts";
import type { Projection } from "../resource/projection.ts";
import { readProjection } from "../resource/projection.ts";
import { readResource } from "../resource/read-resource.ts";
import { userType } from "../schema/user.ts";
import type { Handler, ScimAnswer, ScimRequest } from "./message.ts";
import { isUnchanged, requireMatch } from "./precondition.ts";

export interface UsersDeps {
  readonly people: People;
  /** Where the server is mounted, without a trailing slash. */
  readonly baseUrl: string;
  readonly log: Log;
}

export interface UserHandlers {
  readonly list: Handler;
  readonly create: Handler;
  readonly read: Handler;
  readonly replace: Handler;
  readonly patch: Handler;
  readonly remove: Handler;
}

const listResponseSchemaId = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/**
 * `/Users`. A person of another source is answered as one who does not exist (trust T04).
 * @see RFC 7644 section 3
 */
export function createUserHandlers({ people, baseUrl, log }: UsersDeps): UserHandlers {
  const answer = (status: number, person: PersonRow, show: Projection): ScimAnswer => ({
    status,
    body: show(presentPerson(person, userType, baseUrl)),
    etag: entityTag(person.version),
  });

  const list: Handler = async ({ source, query }) => {
    const show = projectionOf(query);
    const { startIndex, count } = query;
    const where = query.filter === null ? null : compileFilter(parseFilter(query.filter, userType), 4);
    const page = await people.list(source.name, { where, limit: count, offset: startIndex - 1 });
    const resources = page.people.map((person) => show(presentPerson(person, userType, baseUrl)));
    return {
      status: 200,
      body: new Map<string, Json>([
        ["schemas", [listResponseSchemaId]],
        ["totalResults", page.total],
        ["startIndex", startIndex],
        ["itemsPerPage", resources.length],
        ["Resources", resources],
      ]),
    };
  };

  const create: Handler = async (request) => {
    const show = projectionOf(request.query);
    const body = parseJson(request.body);
    const { resource, notes } = readResource(body, userType);
    const person = await people.create(claimOf(request, body), draftOf(resource, true));
    tell(request, person.id, notes);
    return { ...answer(201, person, show), location: `${baseUrl}${userType.endpoint}/${person.id}` };
  };

  const read: Handler = async ({ source, id, query, ifNoneMatch }) => {
    const show = projectionOf(query);
    const person = isUuid(id) ? await people.find(source.name, id) : null;
    if (person === null) throw notFound();
    const etag = entityTag(person.version);
    return isUnchanged(ifNoneMatch, etag) ? { status: 304, body: null, etag } : answer(200, person, show);
  };

  const replace: Handler = async (request) => {
    const show = projectionOf(request.query);
    const body = parseJson(request.body);
    const { resource, notes } = readResource(body, userType);
    const saysActive = resource.get("active") ?? null;
    const person = await change(request, body, (before) => {
      requireMatch(request.ifMatch, entityTag(before.version));
      // A PUT that leaves `active` out says nothing about it; it must not bring a leaver back.
      const draft = draftOf(resource, before.active);
      return { draft, saysActive: typeof saysActive === "boolean" ? saysActive : null };
    });
    tell(request, person.id, notes);
    return answer(200, person, show);
  };

  const patch: Handler = async (request) => {
    const show = projectionOf(request.query);
    const body = parseJson(request.body);
    const dialect = dialectRules[request.source.dialect];
    const { operations, active, notes } = readPatch(body, { type: userType, dialect, id: request.id });
    // Most deactivations say nothing else and do not depend on what is stored.
    const saysOnlyGone = active === false && request.ifMatch === undefined && operations.every(isAboutActive);
    const decide: Decide = (before) => {
      requireMatch(request.ifMatch, entityTag(before.version));
      const draft = draftOf(applyPatch(resourceOf(before), operations, userType), before.active);
      if (active !== null && draft.active !== active) throw new ScimError("internal", "The change has no effect");
      return { draft, saysActive: active };
    };
    const person = await change(request, body, saysOnlyGone ? "gone" : decide);
    tell(request, person.id, notes);
    return answer(200, person, show);
  };

  const remove: Handler = async (request) => {
    const check = (person: PersonRow): void => requireMatch(request.ifMatch, entityTag(person.version));
    const isRemoved = isUuid(request.id) && (await people.remove(claimOf(request, null), request.id, check));
    if (!isRemoved) throw notFound();
    return { status: 204, body: null };
  };

  async function change(request: ScimRequest, body: Json, decide: Decide | "gone"): Promise<PersonRow> {
    if (!isUuid(request.id)) throw notFound();
    const person = await people.change(claimOf(request, body), request.id, decide);
    if (person === null) throw notFound();
    return person;
  }

  function tell({ source }: ScimRequest, personId: string, notes: Notes): void {
    if (notes.length > 0)
      log.info("scim request repaired", { source: source.name, personId, notes: notes.slice(0, 20) });
  }

  return { list, create, read, replace, patch, remove };
}

function projectionOf({ attributes, excludedAttributes }: ScimRequest["query"]): Projection {
  return readProjection(attributes, excludedAttributes, userType);
}

function claimOf({ source, body: raw, mediaType }: ScimRequest, body: Json): Claim {
  return { source: source.name, raw: withoutPassword(raw, body), mediaType };
}

function notFound(): ScimError {
  return new ScimError("not-found", "There is no such user");
}
