import { z } from "zod";
import { Secret } from "../../contract/secret.ts";

/** What several connectors ask an operator about AWS; spread into a connector's own strict schema. */
export const awsSettings = {
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "expected a region such as eu-central-1")
    .describe("Region of the calls to STS; it also tells the partition (commercial, China, GovCloud)"),
  assumeRole: z
    .strictObject({
      roleArn: z
        .string()
        .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, "expected the ARN of an IAM role")
        .describe("The role that works at this target"),
      externalId: z
        .string()
        .regex(/^[\w+=,.@:/-]{2,1224}$/, "expected 2 to 1,224 letters, digits and +=,.@:/-")
        .optional()
        .describe("sts:ExternalId that its trust policy asks for"),
      sessionName: z
        .string()
        .regex(/^[\w+=,.@-]{2,64}$/, "expected 2 to 64 letters, digits and +=,.@-")
        .default("lastday")
        .describe("Names our session in CloudTrail"),
    })
    .optional()
    .describe("A role to assume with the credentials given, or with the machine's own identity"),
};

/** Takes the place of every AWS service. Apart from `awsSettings`, because a connector may have several. */
export const emulatorEndpoint = z
  .url({ protocol: /^https?$/, error: "expected an http or https URL" })
  .optional()
  .describe("For emulators only: takes the place of every AWS service");

/** Left out, the machine's own identity works: its environment, profile, or the role of its instance or container. */
export const awsSecrets = {
  accessKeyId: z.instanceof(Secret).optional().describe("Access key; left out: the machine's own AWS identity"),
  secretAccessKey: z.instanceof(Secret).optional().describe("Its secret"),
  sessionToken: z.instanceof(Secret).optional().describe("Of temporary credentials only"),
};

/** Half a key is a mistake, never the machine's own identity. For `refine` of a connector's secrets. */
export const wholeKey = {
  test: ({ accessKeyId, secretAccessKey, sessionToken }: AwsSecrets): boolean =>
    accessKeyId === undefined
      ? secretAccessKey === undefined && sessionToken === undefined
      : secretAccessKey !== undefined,
  error: "expected accessKeyId and secretAccessKey together, or neither",
};

export interface AwsSettings {
  region: string;
  assumeRole?: { roleArn: string; externalId?: string | undefined; sessionName: string } | undefined;
  endpoint?: string | undefined;
}

export interface AwsSecrets {
  accessKeyId?: Secret | undefined;
  secretAccessKey?: Secret | undefined;
  sessionToken?: Secret | undefined;
}
