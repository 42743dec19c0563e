import { z } from "zod";
import type { RateLimit } from "../../contract/connector.ts";
import { Secret } from "../../contract/secret.ts";

/**
 * Where GitHub is and who we are there, for every connector that calls it: spread into its own strict object.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 */
export const githubSettings = {
  baseUrl: z
    .url({ protocol: /^https?$/, error: "expected an http or https URL" })
    .default("https://api.github.com")
    .describe("GitHub's REST API; https://HOST/api/v3 for GitHub Enterprise Server"),
  org: z
    .string("expected the login of an organization")
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "expected the login of an organization, as in its URL")
    .describe("Organization login, as in its URL"),
  appId: z.int().min(1).optional().describe("Id of our GitHub App; goes with installationId and secrets.privateKey"),
  installationId: z.int().min(1).optional().describe("Id of the App's installation on the organization"),
  pageSize: z.int().min(1).max(100).default(100).describe("Entries asked for in one page"),
  hourlyQuota: z
    .int()
    .min(1_000)
    .max(15_000)
    .default(5_000)
    .describe("Requests that GitHub allows our credential in an hour; 15000 for an App on Enterprise Cloud"),
};

export const githubSecrets = {
  privateKey: z.instanceof(Secret).optional().describe("Private key of our GitHub App, PEM"),
  token: z
    .instanceof(Secret)
    .optional()
    .describe("A personal access token of an organization owner, instead of an App"),
};

export interface GithubSettings {
  baseUrl: string;
  org: string;
  appId?: number | undefined;
  installationId?: number | undefined;
  pageSize: number;
  hourlyQuota: number;
}

export interface GithubSecrets {
  privateKey?: Secret | undefined;
  token?: Secret | undefined;
}

/** For `refine`: an App is known by both of its ids. */
export function namesAppWhole({ appId, installationId }: Pick<GithubSettings, "appId" | "installationId">): boolean {
  return (appId === undefined) === (installationId === undefined);
}

export const appNamedInPart = {
  error: "expected appId and installationId together, or neither",
  path: ["installationId"],
};

/** What may be sent at once. A look at a small organization fits into it and need not wait for the hourly pace. */
const burst = 450;

/**
 * GitHub's hourly quota, spread over the hour so that burst and pace together never exceed it. The burst and a minute's
 * pace stay below the 900 points a minute of the secondary limit, where a read counts one and a write five.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function githubLimits({ hourlyQuota }: Pick<GithubSettings, "hourlyQuota">): RateLimit {
  return { perSecond: (hourlyQuota - burst) / 3_600, burst, scope: "token" };
}
