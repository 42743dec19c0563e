import { z } from "zod";
import { secretRef } from "./values.ts";

const nameExpected = "expected 1 to 40 of a-z, 0-9 and hyphen, such as okta or aws-prod";

/** The name of a source or target: stands in queue names, URLs, tokens and certificates. */
export const plainName = () => z.string(nameExpected).regex(/^[a-z0-9-]{1,40}$/, nameExpected);

const scimSource = z.strictObject({
  name: plainName().describe("How notices, cases and tokens name this source; unique"),
  kind: z.literal("scim").describe("An identity provider that calls /scim/v2"),
  dialect: z
    .enum(["okta", "entra", "generic"])
    .default("generic")
    .describe("Whose habits to expect; every one of them speaks SCIM 2.0"),
  tokens: z
    .array(secretRef())
    .default([])
    .describe("Bearer tokens this source may show; two during a rotation. `lastday token create` makes others"),
  bareToken: z
    .boolean()
    .default(false)
    .describe("Accepts the token without the word Bearer, for providers that send a custom header value"),
});

export const source = z.discriminatedUnion("kind", [scimSource]);
