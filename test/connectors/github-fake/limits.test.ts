import { githubThrottles, plantLeaver } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asUser, outcomeOf, statusOf } from "./support.ts";

const org = { org: "acme" };

it("every answer tells the limit: by caller, GraphQL apart", async () => {
  const fake = await aGithub({ clock: () => 1_700_000_000_000 });
  const remaining = async (request: Promise<unknown>) => (await outcomeOf(request)).headers["x-ratelimit-remaining"];
  const github = asUser(fake);

  const seen = [
    await remaining(github.rest.orgs.get(org)),
    await remaining(github.rest.users.getByUsername({ username: "nobody" })),
    await remaining(asUser(fake, "").rest.orgs.get(org)),
    await remaining(asUser(fake, "ghp_wrong").rest.orgs.get(org)),
  ];
  const graphql = await fetch(`${fake.url}/graphql`, {
    method: "POST",
    headers: { authorization: `token ${fake.adminToken}` },
    body: JSON.stringify({ query: "{ viewer { login } }" }),
  });
  const { data } = await github.rest.rateLimit.get();

  expect(seen).toEqual(["4999", "4998", "4999", "4998"]);
  expect(Object.fromEntries(graphql.headers)).toMatchObject({
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    "x-ratelimit-used": "1",
    "x-ratelimit-reset": "1700003600",
    "x-ratelimit-resource": "graphql",
  });
  expect(data.resources.core).toMatchObject({ limit: 5_000, used: 2 });
});

it("the primary limit ends the hour's calls, until its reset", async () => {
  let now = 1_700_000_000_000;
  const fake = await aGithub({ hourlyLimit: 2, clock: () => now });
  plantLeaver(fake, "leaver");
  const remove = () => outcomeOf(asUser(fake).rest.orgs.removeMembershipForUser({ ...org, username: "leaver" }));
  for (let at = 0; at < 2; at += 1) await asUser(fake).rest.orgs.get(org);

  const over = await remove();
  const alive = fake.alive("memberships", fake.user("leaver").id);
  now += 3_600_000;
  const after = await remove();

  expect([over.status, alive, after.status]).toEqual([403, true, 204]);
  expect(over.headers).toMatchObject({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700003600" });
  expect(over.data).toMatchObject({ message: expect.stringContaining("API rate limit exceeded") });
});

describe("F06 a rate limit on demand, in GitHub's words and without an effect", () => {
  const secondary = "You have exceeded a secondary rate limit";
  it.each([
    { throttle: {}, status: 403, after: undefined, remaining: undefined, message: secondary },
    { throttle: { status: 429 as const }, status: 429, after: undefined, remaining: undefined, message: secondary },
    { throttle: { retryAfter: 7 }, status: 403, after: "7", remaining: undefined, message: secondary },
    {
      throttle: { status: 429 as const, retryAfter: 60 },
      status: 429,
      after: "60",
      remaining: undefined,
      message: secondary,
    },
    {
      throttle: { reset: 1_800_000_000 },
      status: 403,
      after: undefined,
      remaining: "0",
      message: "API rate limit exceeded",
    },
  ])("$throttle: $status", async ({ throttle, status, after, remaining, message }) => {
    const fake = await aGithub();
    const { userId } = plantLeaver(fake, "leaver");
    fake.faults.add({ on: { method: "DELETE" }, fault: githubThrottles(throttle) });
    const remove = () => outcomeOf(asUser(fake).rest.orgs.removeMembershipForUser({ ...org, username: "leaver" }));

    const spoiled = await remove();
    const alive = fake.alive("memberships", userId);
    const honest = await remove();

    expect([spoiled.status, alive, honest.status]).toEqual([status, true, 204]);
    expect(spoiled.headers["retry-after"]).toBe(after);
    expect(spoiled.headers["x-ratelimit-remaining"]).toBe(remaining);
    expect(spoiled.data).toMatchObject({ message: expect.stringContaining(message) });
  });
});

it("a share of calls is throttled, the same ones for the same seed, without an effect", async () => {
  const runs: number[][] = [];
  for (const seed of [1, 1, 2]) {
    const fake = await aGithub({ throttleShare: { share: 0.6, seed, status: 429, retryAfter: 1 } });
    const statuses: number[] = [];
    for (let at = 0; at < 40; at += 1) statuses.push(await statusOf(asUser(fake).rest.orgs.get(org)));
    runs.push(statuses);
  }

  const [first = [], again, other] = runs;
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(first.filter((status) => status === 429).length).toBeGreaterThan(12);
  expect(new Set(first)).toEqual(new Set([200, 429]));
});

it("tells the most calls within any second", async () => {
  let now = 1_700_000_000_000;
  const fake = await aGithub({ clock: () => now });
  for (const step of [0, 400, 400, 400, 5_000, 0]) {
    now += step;
    await asUser(fake).rest.orgs.get(org);
  }

  expect(fake.peakPerSecond()).toBe(3);
  fake.clearCalls();
  expect(fake.peakPerSecond()).toBe(0);
});
