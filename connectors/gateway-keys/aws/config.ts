import { z } from "zod";
import { awsSettings } from "../../vendors/aws/settings.ts";
import type { AwsSettings } from "../../vendors/aws/settings.ts";

/** How a key is tried in one region; keys are regional, and so is the stage that must refuse them. */
const stageProbe = z.strictObject({
  url: httpUrl().describe("A method of a stage that asks for an API key; keys are tried there and must be refused"),
  stage: z
    .string()
    .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9_-]+$/, "expected API id/stage name, such as a1b2c3d4e5/prod")
    .optional()
    .describe("API id and stage behind the URL; left out: read from an execute-api URL"),
});
export type StageProbe = z.output<typeof stageProbe>;

const tagKey = z.string().regex(/^(?!aws:|lastday:)[A-Za-z0-9+=._:/@-]{1,128}$/, "expected the key of a tag");

/**
 * Settings of Amazon API Gateway in one account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-key-with-restapi.html
 */
export const apiGatewaySettings = z
  .strictObject({
    driver: z.literal("aws-api-gateway"),
    regions: z
      .array(awsSettings.region.describe("A region"))
      .min(1)
      .describe("Every region that has API keys; a key lives in one region"),
    endpoints: z
      .record(z.string(), httpUrl())
      .default({})
      .describe("Address of the control plane by region, for emulators alone"),
    assumeRole: awsSettings.assumeRole,
    ownerFrom: z
      .enum(["tag", "customer-id", "tag-or-customer-id"])
      .default("tag")
      .describe("Where a key says whose it is: the tag ownerTag, its customerId, or that where it has no such tag"),
    ownerTag: tagKey.default("owner").describe("Key of the tag that holds the owner; letter case counts"),
    probes: z
      .record(z.string(), stageProbe)
      .default({})
      .describe("Where keys are tried, by region: url, and stage where the URL does not tell it; left out: never"),
    probeTimes: z.int().min(1).max(20).default(3).describe("How often a key is tried in a row"),
    pageSize: z.int().min(1).max(500).default(500).describe("Keys asked for in one page"),
  })
  .superRefine(({ regions, endpoints, probes }, context) => {
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (new Set(regions).size < regions.length) refuse(["regions"], "expected each region once");
    for (const region of Object.keys(endpoints)) {
      if (!regions.includes(region)) refuse(["endpoints", region], "expected one of regions");
    }
    for (const [region, probe] of Object.entries(probes)) {
      if (!regions.includes(region)) refuse(["probes", region], "expected one of regions");
      if (/^https?:/.test(probe.url) && stageOf(probe) === null) {
        refuse(["probes", region, "stage"], "expected API id/stage name, which this URL does not tell");
      }
    }
  });
export type ApiGatewaySettings = z.output<typeof apiGatewaySettings>;

/** Where we get our identity: the first region's STS, and its partition. */
export function accountPlace({ regions, endpoints }: ApiGatewaySettings): AwsSettings {
  const [region = ""] = regions;
  return { region, endpoint: endpoints[region] };
}

/**
 * API id and stage name behind a probe, as `id/stage`; null where neither the setting nor the URL says.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
 */
export function stageOf({ url, stage }: StageProbe): string | null {
  if (stage !== undefined) return stage;
  if (!URL.canParse(url)) return null;
  const { hostname, pathname } = new URL(url);
  const api = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
  const name = /^\/([A-Za-z0-9_-]+)(\/|$)/.exec(pathname)?.[1];
  return api === undefined || name === undefined ? null : `${api}/${name}`;
}

function httpUrl(): z.ZodURL {
  return z.url({ protocol: /^https?$/, error: "expected an http or https URL" });
}
