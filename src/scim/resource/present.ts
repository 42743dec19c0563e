import type { PersonRow } from "../../store/people/index.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ResourceType } from "../schema/registry.ts";
import { resourceOf } from "./person.ts";

/** The entity tag of a version; weak, since an answer may show fewer attributes. @see RFC 7644 section 3.14 */
export function entityTag(version: number): string {
  return `W/"${version}"`;
}

/**
 * A person as a SCIM resource.
 * @param baseUrl where the server is mounted, without a trailing slash.
 * @see RFC 7643 section 3.1
 */
export function presentPerson(person: PersonRow, type: ResourceType, baseUrl: string): JsonObject {
  const resource = resourceOf(person);
  const extensions = type.extensions.map(({ id }) => id).filter((id) => resource.has(id));
  return new Map<string, Json>([
    ["schemas", [type.schema.id, ...extensions]],
    ["id", person.id],
    ...resource,
    [
      "meta",
      new Map<string, Json>([
        ["resourceType", type.name],
        ["created", person.createdAt.toISOString()],
        ["lastModified", person.updatedAt.toISOString()],
        ["location", `${baseUrl}${type.endpoint}/${person.id}`],
        ["version", entityTag(person.version)],
      ]),
    ],
  ]);
}
