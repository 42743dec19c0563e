import type { Call } from "../../faults/index.ts";
import type { Region } from "./region.ts";
import { bodyOf } from "./request-body.ts";
import { placeOf } from "./routes.ts";

/** All that a call is about: ids in its path, query, ARN or body, and the owners of the keys among them. */
export function subjectsOf(call: Call, region: Region, ownerTag: string): string[] {
  const { params } = placeOf(call.path);
  const ids = [
    ...params.map((param) => (param.startsWith("arn:") ? (param.split("/").at(-1) ?? "") : param)),
    ...["keyId", "customerId"].flatMap((name) => call.query.getAll(name)),
    ...idInBody(call),
  ];
  const owners = ids.flatMap((id) => {
    const key = region.world.keys.get(id);
    return [key?.tags[ownerTag], key?.customerId].flatMap((owner) => owner ?? []);
  });
  return [...new Set([...ids, ...owners])];
}

function idInBody(call: Call): string[] {
  try {
    const { keyId } = bodyOf(call);
    return typeof keyId === "string" ? [keyId] : [];
  } catch {
    return [];
  }
}
