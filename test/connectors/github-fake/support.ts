import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import {
  type FakeGithub,
  type FakeGithubOptions,
  type PlantedApp,
  startFakeGithub,
} from "../../../connectors/testkit/fakes/github/index.ts";

const running: FakeGithub[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((fake) => fake.close()));
});

/** A fake that is closed after the test. */
export async function aGithub(options: FakeGithubOptions = {}): Promise<FakeGithub> {
  const fake = await startFakeGithub(options);
  running.push(fake);
  return fake;
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** GitHub's own client, as the owner of the organization unless told otherwise. */
export function asUser(fake: FakeGithub, token: string = fake.adminToken): Octokit {
  return new Octokit({ auth: token, baseUrl: fake.url, log: quiet });
}

/** GitHub's own client as an installed app. */
export function asApp(fake: FakeGithub, { appId, privateKey, installationId }: PlantedApp): Octokit {
  return new Octokit({
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
    baseUrl: fake.url,
    log: quiet,
  });
}

/** What came of a request, refused or not. */
export interface Outcome {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

export async function outcomeOf(request: Promise<unknown>): Promise<Outcome> {
  try {
    return (await request) as Outcome;
  } catch (error) {
    const { status, response } = error as { status: number; response?: Omit<Outcome, "status"> };
    if (response === undefined) throw error;
    return { status, data: response.data, headers: response.headers };
  }
}

/** The status of a request, refused or not. */
export async function statusOf(request: Promise<unknown>): Promise<number> {
  return (await outcomeOf(request)).status;
}

/** One field of every item. */
export function each<T extends object, K extends keyof T>(items: readonly T[], key: K): T[K][] {
  return items.map((item) => item[key]);
}
