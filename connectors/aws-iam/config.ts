import { z } from "zod";
import { awsSecrets, awsSettings, emulatorEndpoint, wholeKey } from "../vendors/aws/settings.ts";

export const iamSettings = z.strictObject({
  ...awsSettings,
  endpoint: emulatorEndpoint,
  accountId: z
    .string()
    .regex(/^\d{12}$/, "expected the 12 digits of an AWS account")
    .optional()
    .describe("The account that this target is; with credentials of another one nothing is believed"),
  pageSize: z.int().min(1).max(1_000).default(1_000).describe("Entities asked for in one page"),
});
export type IamSettings = z.output<typeof iamSettings>;

export const iamSecrets = z.strictObject(awsSecrets).refine(wholeKey.test, { error: wholeKey.error });
export type IamSecrets = z.output<typeof iamSecrets>;
