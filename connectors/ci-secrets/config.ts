import { z } from "zod";
import { Secret } from "../contract/secret.ts";
import { awsSecrets, awsSettings, emulatorEndpoint, wholeKey } from "../vendors/aws/settings.ts";
import { appNamedInPart, githubSecrets, githubSettings, namesAppWhole } from "../vendors/github/index.ts";
import { duration } from "./duration.ts";
import { secretStores } from "./place.ts";
import { plan } from "./plan-settings.ts";
import type { Plan } from "./plan-settings.ts";

const pattern = z
  .string()
  .regex(/^[\w*. -]+$/, "expected a name, in which * stands for any characters")
  .describe("A name, in which * stands for any characters");

const owner = z.strictObject({
  match: pattern.describe("Names of secrets"),
  owner: z.string().min(1).describe("Who replaces them: a team or a mailbox"),
  due: duration.optional().describe("Time they have; left out: `due`"),
});

const probe = z.strictObject({
  match: pattern.describe("Names of secrets"),
  url: httpUrl().describe("An address that only a working value opens"),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "expected the name of a header")
    .default("authorization")
    .describe("The header that carries the value"),
  prefix: z.string().max(40).default("").describe("What comes before the value: `Bearer `"),
  refused: z
    .array(z.int().min(400).max(499))
    .min(1)
    .default([401, 403])
    .describe("Statuses that only a value which no longer works is given"),
});
export type ProbeRule = z.output<typeof probe>;

const kong = z.strictObject({
  adminUrl: httpUrl().describe("Kong's Admin API, with its path where it has one"),
  workspace: z
    .string()
    .regex(/^[A-Za-z0-9._~-]+$/, "expected the name of a workspace")
    .optional()
    .describe("Workspace to work in (Kong Enterprise); left out: the default one"),
  probeUrl: httpUrl().describe("A route of the proxy that asks for an API key: new keys are tried there, and old ones"),
  probeHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "expected the name of a header")
    .default("apikey")
    .describe("The header that this route reads the key from"),
  probeTimes: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe("How often a key is tried in a row: at least the number of data planes behind probeUrl"),
});
export type KongSettings = z.output<typeof kong>;

export const ciSecretsSettings = z
  .strictObject({
    ...githubSettings,
    enterprise: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "expected the slug of an enterprise, as in its URL")
      .optional()
      .describe("Slug of the enterprise, where its single sign-on names people; an App cannot see it"),
    stores: z
      .array(z.enum(secretStores))
      .min(1)
      .default([...secretStores])
      .describe("Which secrets to look at; GitHub Enterprise Server has no codespaces"),
    production: z.array(pattern).default([]).describe("Names of secrets and environments that are production's"),
    owner: z.string().min(1).describe("Who replaces what no plan and no rule below names"),
    due: duration.prefault("7d").describe("Time they have, from the day on which the exposure was seen"),
    owners: z.array(owner).default([]).describe("Who replaces what; the first match counts"),
    probes: z.array(probe).default([]).describe("How an old value can be tried; the first match counts"),
    plans: z
      .array(plan)
      .default([])
      .describe("Credentials that can be replaced from here, with every secret that holds one"),
    rotateWhileReadable: z
      .boolean()
      .default(false)
      .describe(
        "Replace values although the leaver could still read the new ones; otherwise their access must end first",
      ),
    aws: z
      .strictObject({ ...awsSettings, endpoint: emulatorEndpoint })
      .optional()
      .describe("The AWS account of the plans for access keys"),
    kong: kong.optional().describe("The Kong Gateway of the plans for its keys"),
  })
  .refine(namesAppWhole, appNamedInPart)
  .superRefine(({ plans, aws, kong }, context) => {
    for (const { index, what } of wrongPlans(plans, { "aws-access-key": aws, "kong-key": kong })) {
      context.addIssue({ code: "custom", message: what, path: ["plans", index] });
    }
  });
export type CiSecretsSettings = z.output<typeof ciSecretsSettings>;

export const ciSecretsSecrets = z
  .strictObject({
    ...githubSecrets,
    ...awsSecrets,
    kongAdminToken: z.instanceof(Secret).optional().describe("Kong-Admin-Token of an RBAC user (Kong Enterprise)"),
  })
  .refine(wholeKey.test, { error: wholeKey.error, path: ["secretAccessKey"] });
export type CiSecretsSecrets = z.output<typeof ciSecretsSecrets>;

function* wrongPlans(
  plans: readonly Plan[],
  issuers: Readonly<Record<Plan["issuer"]["kind"], unknown>>,
): Generator<{ index: number; what: string }> {
  const names = new Set<string>();
  const principals = new Set<string>();
  const places = new Set<string>();
  for (const [index, { name, issuer, consumers }] of plans.entries()) {
    if (!isFirst(names, name)) yield { index, what: `the name ${name} is taken by another plan` };
    if (issuers[issuer.kind] === undefined) {
      yield {
        index,
        what: `an issuer ${issuer.kind} needs the setting ${issuer.kind === "kong-key" ? "kong" : "aws"}`,
      };
    }
    const principal = issuer.kind === "kong-key" ? issuer.consumer : issuer.userName;
    if (!isFirst(principals, `${issuer.kind}/${principal}`)) {
      yield { index, what: `${principal} is in another plan: name all that holds its credential in one` };
    }
    for (const consumer of consumers) {
      const place = [consumer.in, consumer.at, consumer.environment ?? "", consumer.name].join("/").toLowerCase();
      if (!isFirst(places, place)) yield { index, what: `${consumer.name} of ${consumer.at} is named twice` };
    }
  }
}

function isFirst(seen: Set<string>, one: string): boolean {
  const known = seen.has(one);
  seen.add(one);
  return !known;
}

function httpUrl(): z.ZodURL {
  return z.url({ protocol: /^https?$/, error: "expected an http or https URL" });
}
