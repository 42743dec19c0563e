import { z } from "zod";
import { Secret } from "../contract/secret.ts";
import { awsSecrets, wholeKey } from "../vendors/aws/settings.ts";
import { apiGatewaySettings } from "./aws/config.ts";

export type { ApiGatewaySettings } from "./aws/config.ts";

/**
 * Settings of a Kong Gateway.
 * @see https://developer.konghq.com/admin-api/
 */
const kongSettings = z.strictObject({
  driver: z.literal("kong"),
  adminUrl: httpUrl().describe("Kong's Admin API, with its path where it has one"),
  workspace: z
    .string()
    .regex(/^[A-Za-z0-9._~-]+$/, "expected the name of a workspace")
    .optional()
    .describe("Workspace to work in (Kong Enterprise); left out: the default one"),
  probeUrl: httpUrl()
    .optional()
    .describe("A route of the proxy that asks for an API key; keys are tried there and must be refused"),
  probeHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "expected the name of a header")
    .default("apikey")
    .describe("The header that this route reads the key from, one of its plugin's key_names"),
  probeTimes: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe("How often a key is tried in a row: at least the number of data planes behind probeUrl"),
  pageSize: z.int().min(1).max(1_000).default(100).describe("Entities asked for in one page"),
});
export type KongSettings = z.output<typeof kongSettings>;

/** Each driver's settings, told apart by its name. */
export const gatewaySettings = z.discriminatedUnion("driver", [kongSettings, apiGatewaySettings]);
export type GatewaySettings = z.output<typeof gatewaySettings>;

/** All drivers' secrets together; each reads its own. */
export const gatewaySecrets = z
  .strictObject({
    adminToken: z
      .instanceof(Secret)
      .optional()
      .describe("kong: Kong-Admin-Token of an RBAC user (Kong Enterprise); left out: no token is sent"),
    ...awsSecrets,
  })
  .refine(wholeKey.test, wholeKey.error);
export type GatewaySecrets = z.output<typeof gatewaySecrets>;

function httpUrl(): z.ZodURL {
  return z.url({ protocol: /^https?$/, error: "expected an http or https URL" });
}
