import type { Reply } from "../../faults/index.ts";
import { type Asked, json } from "./asked.ts";
import { refuse } from "./errors.ts";
import { bodyOf, isFields } from "./request-body.ts";
import type { Region } from "./region.ts";
import { type ApiKey, type UsagePlan, withKey, withPlan, type World } from "./world.ts";

export type Tags = Readonly<Record<string, string>>;

/** A key's ARN: without an account, as every resource of this service. */
export function arnOf(region: string, keyId: string): string {
  return `arn:aws:apigateway:${region}::/apikeys/${keyId}`;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html */
export function getTags({ region, params: [arn = ""] }: Asked): Reply {
  return json(200, { tags: taggedIn(region, region.reads.now(), arn).tags });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html */
export function putTags({ call, region, params: [arn = ""] }: Asked): Reply {
  const { tags } = bodyOf(call);
  retag(region, arn, (before) => ({ ...before, ...checkedTags(tags) }));
  return { status: 204 };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_UntagResource.html */
export function deleteTags({ call, region, params: [arn = ""] }: Asked): Reply {
  const names = call.query.getAll("tagKeys");
  if (names.length === 0) throw refuse.badRequest("Tag keys are required");
  retag(region, arn, (before) => Object.fromEntries(Object.entries(before).filter(([name]) => !names.includes(name))));
  return { status: 204 };
}

/** Tags as the reference allows them: keys of up to 128 characters, not beginning with `aws:`; values of up to 256. */
export function checkedTags(tags: unknown): Tags {
  if (!isFields(tags)) throw refuse.badRequest("Invalid tags specified");
  for (const [name, value] of Object.entries(tags)) {
    const isFine = name !== "" && name.length <= 128 && !name.startsWith("aws:");
    if (!isFine) throw refuse.badRequest(`Invalid tag key specified: ${name}`);
    if (typeof value !== "string" || value.length > 256) throw refuse.badRequest(`Invalid tag value for key ${name}`);
  }
  return tags as Tags;
}

function retag(region: Region, arn: string, change: (tags: Tags) => Tags): void {
  const { world } = region;
  const found = taggedIn(region, world, arn);
  const tags = change(found.tags);
  region.commit("value" in found ? withKey(world, { ...found, tags }) : withPlan(world, { ...found, tags }));
}

/** What an ARN names: a key or a usage plan of this region. */
function taggedIn(region: Region, world: World, arn: string): ApiKey | UsagePlan {
  const [, name, kind, id = ""] = /^arn:aws:apigateway:([a-z0-9-]+)::\/(apikeys|usageplans)\/([^/]+)$/.exec(arn) ?? [];
  if (name !== region.name) throw refuse.badRequest("Invalid ARN specified in the request");
  const found = kind === "apikeys" ? world.keys.get(id) : world.plans.get(id);
  if (found === undefined) throw refuse.resourceNotFound();
  return found;
}
