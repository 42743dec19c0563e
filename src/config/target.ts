import { z } from "zod";
import { plainName } from "./source.ts";
import { duration, secretRef } from "./values.ts";

/** What a match rule may compare an account with. */
export const matchPlaceholders = ["userName", "localPart", "externalId", "email", "personId"] as const;

const equalsExpected = `expected a template with at least one of ${matchPlaceholders.map((name) => `{${name}}`).join(" ")}`;

const matchRule = z.strictObject({
  attribute: z.string().min(1, "expected the name of an attribute of the target").describe("As the target spells it"),
  equals: z
    .string(equalsExpected)
    .refine(isTemplate, equalsExpected)
    .describe(
      `What the attribute must equal: {userName}, {localPart} (before its @), {externalId}, {email}, {personId}`,
    ),
  trusted: z
    .boolean()
    .default(false)
    .describe("True lets a single match act; left out: a match is only suggested to a person"),
});

export const target = z.strictObject({
  name: plainName().describe("How queues, cases and certificates name this target; unique"),
  connector: z.string("expected the id of a connector").describe("Which connector, by its id"),
  mode: z
    .enum(["observe", "enforce"])
    .default("observe")
    .describe("observe looks and never writes; enforce when you have seen what it would do"),
  settings: z.record(z.string(), z.unknown()).default({}).describe("As the connector documents them"),
  secrets: z.record(z.string(), secretRef()).default({}).describe("As the connector documents them, by reference"),
  match: z.array(matchRule).default([]).describe("How accounts are matched to people, besides confirmed links"),
  settle: duration()
    .optional()
    .describe("How long after a write a look is not yet believed; overrides what the connector knows of each kind"),
  rateShare: z
    .number("expected a number above 0, at most 1")
    .gt(0, "expected a number above 0, at most 1")
    .lte(1, "expected a number above 0, at most 1")
    .default(0.25)
    .describe("Share of the vendor's published rate limit to use"),
  concurrency: z
    .int("expected a whole number from 1 to 64")
    .min(1, "expected a whole number from 1 to 64")
    .max(64, "expected a whole number from 1 to 64")
    .default(8)
    .describe("How many cases work at this target at once, per worker process"),
  insecure: z.boolean().default(false).describe("Allows plain http beyond loopback"),
});

/** A template without a placeholder would match the same account for everybody. */
function isTemplate(text: string): boolean {
  const names = [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  const known = names.every((name) => (matchPlaceholders as readonly (string | undefined)[]).includes(name));
  return names.length > 0 && known && !/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, ""));
}
