import { z } from "zod";
import {
  appNamedInPart,
  githubSecrets as secrets,
  githubSettings as settings,
  namesAppWhole,
} from "../vendors/github/index.ts";

export const githubSettings = z
  .strictObject({
    ...settings,
    enterprise: z
      .string("expected the slug of an enterprise")
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "expected the slug of an enterprise, as in its URL")
      .optional()
      .describe("Slug of the enterprise, where its single sign-on names people; an App cannot see it"),
  })
  .refine(namesAppWhole, appNamedInPart);
export type GithubSettings = z.output<typeof githubSettings>;

export const githubSecrets = z.strictObject(secrets);
export type GithubSecrets = z.output<typeof githubSecrets>;
