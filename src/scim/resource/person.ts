import type { PersonDraft, PersonRow } from "../../store/people/index.ts";
import type { Json, JsonObject } from "../json.ts";
import { fromPlain, isArray, isObject, toPlain } from "../json.ts";
import type { Resource } from "./resource.ts";

/** These have columns of their own; the rest of the resource is a document. */
const columns: ReadonlySet<string> = new Set(["userName", "externalId", "active"]);

export function resourceOf({ userName, externalId, active, attributes }: PersonRow): Resource {
  const document = fromPlain(attributes);
  const resource = new Map<string, Json>([["userName", userName]]);
  if (externalId !== null) resource.set("externalId", externalId);
  if (isObject(document)) for (const [name, value] of document) resource.set(name, value);
  return resource.set("active", active);
}

/** @param activeByDefault what `active` is when the resource does not say. */
export function draftOf(resource: Resource, activeByDefault: boolean): PersonDraft {
  const active = resource.get("active");
  return {
    userName: textAt(resource, "userName") ?? "",
    externalId: textAt(resource, "externalId"),
    displayName: displayNameOf(resource),
    active: typeof active === "boolean" ? active : activeByDefault,
    attributes: toPlain(new Map([...resource].filter(([name]) => !columns.has(name)))),
    emails: emailsOf(resource),
  };
}

function displayNameOf(resource: Resource): string | null {
  const shown = textAt(resource, "displayName");
  const name = resource.get("name");
  if (shown !== null || !isObject(name)) return shown;
  const parts = [textAt(name, "givenName"), textAt(name, "familyName")].filter((part) => part !== null);
  return textAt(name, "formatted") ?? (parts.length > 0 ? parts.join(" ") : null);
}

function emailsOf(resource: Resource): PersonDraft["emails"] {
  const emails = resource.get("emails");
  return (isArray(emails) ? emails : []).flatMap((email) => {
    const value = isObject(email) ? textAt(email, "value") : null;
    return isObject(email) && value !== null ? [{ value, type: textAt(email, "type") }] : [];
  });
}

function textAt(bag: JsonObject, key: string): string | null {
  const value = bag.get(key);
  return typeof value === "string" ? value : null;
}
