import sodium from "libsodium-wrappers";
import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import { aGithub, asApp, asUser, each, outcomeOf, statusOf } from "./support.ts";

beforeAll(() => sodium.ready);

/** Seals a value as GitHub's guide says. */
function sealed(value: string, key: string): string {
  const box = sodium.crypto_box_seal(value, sodium.from_base64(key, sodium.base64_variants.ORIGINAL));
  return sodium.to_base64(box, sodium.base64_variants.ORIGINAL);
}

/** Two repositories, one environment with reviewers. */
async function aWorkshop(): Promise<FakeGithub> {
  const fake = await aGithub();
  fake.plant({
    repositories: [{ name: "api" }, { name: "web" }, { name: "site", visibility: "public" }],
    environments: [
      { repository: "api", name: "pro/duction", reviewers: ["bob"], waitMinutes: 5, preventsSelfReview: true },
    ],
  });
  return fake;
}

const places = [
  ...(["actions", "agents", "codespaces", "dependabot"] as const).flatMap((app) => [
    { path: `/orgs/acme/${app}/secrets`, place: { app }, more: { visibility: "private" } },
    { path: `/repos/acme/api/${app}/secrets`, place: { app, repository: "api" }, more: {} },
  ]),
  {
    path: "/repos/acme/api/environments/pro%2Fduction/secrets",
    place: { repository: "api", environment: "pro/duction" },
    more: {},
  },
];

describe.each(places)("$path", ({ path, place, more }) => {
  it("is made, listed without its value, changed, and deleted", async () => {
    let now = Date.UTC(2026, 10, 24, 9);
    const fake = await aGithub({ clock: () => now });
    fake.plant({ repositories: [{ name: "api" }], environments: [{ repository: "api", name: "pro/duction" }] });
    const github = asUser(fake);
    const put = async (value: string) => {
      const { data } = await github.request(`GET ${path}/public-key`);
      const body = { encrypted_value: sealed(value, data.key), key_id: data.key_id, ...more };
      return statusOf(github.request(`PUT ${path}/Deploy_Key`, body));
    };

    const made = await put("old value");
    const first = fake.secretValue("DEPLOY_KEY", place);
    now += 61_500;
    const changed = await put("new välue");
    const listed = await github.request(`GET ${path}`);
    const one = await github.request(`GET ${path}/deploy_key`);
    const second = fake.secretValue("deploy_key", place);
    const deleted = [
      await statusOf(github.request(`DELETE ${path}/DEPLOY_KEY`)),
      await statusOf(github.request(`DELETE ${path}/DEPLOY_KEY`)),
    ];

    expect([made, changed, ...deleted]).toEqual([201, 204, 204, 404]);
    expect([first, second, fake.secretValue("DEPLOY_KEY", place)]).toEqual(["old value", "new välue", null]);
    expect(listed.data).toMatchObject({ total_count: 1, secrets: [one.data] });
    expect(one.data).toMatchObject({
      name: "DEPLOY_KEY",
      created_at: "2026-11-24T09:00:00Z",
      updated_at: "2026-11-24T09:01:01Z",
      ...more,
    });
    expect(JSON.stringify([listed.data, one.data])).not.toContain("value");
    expect(fake.violations()).toEqual([]);
  });

  it("refuses what is not sealed for it", async () => {
    const fake = await aWorkshop();
    const github = asUser(fake);
    const { data: own } = await github.request(`GET ${path}/public-key`);
    const other = sodium.to_base64(sodium.crypto_box_keypair().publicKey, sodium.base64_variants.ORIGINAL);
    const bodies = [
      { encrypted_value: sealed("v", other), key_id: own.key_id },
      { encrypted_value: Buffer.from("plain text").toString("base64"), key_id: own.key_id },
      { encrypted_value: sealed("v", own.key), key_id: "1" },
      { encrypted_value: "not base64!", key_id: own.key_id },
      { encrypted_value: sealed("v", own.key) },
      {},
    ];

    const statuses: number[] = [];
    for (const body of bodies) statuses.push(await statusOf(github.request(`PUT ${path}/A`, { ...body, ...more })));

    expect(statuses).toEqual([422, 422, 422, 422, 422, 422]);
    expect(fake.effects()).toEqual([]);
  });
});

describe("secrets of the organization", () => {
  it("are for all, private or selected repositories", async () => {
    const fake = await aWorkshop();
    fake.plant({
      secrets: [
        { name: "ALL", value: "v" },
        { name: "PRIVATE", value: "v", visibility: "private" },
        { name: "SOME", value: "v", visibility: "selected", selected: ["site"] },
      ],
    });
    const github = asUser(fake);

    const seen: string[][] = [];
    for (const repo of ["api", "site"]) {
      const { data } = await github.request("GET /repos/{owner}/{repo}/actions/organization-secrets", {
        owner: "acme",
        repo,
      });
      seen.push(each(data.secrets, "name"));
    }

    expect(seen).toEqual([
      ["ALL", "PRIVATE"],
      ["ALL", "SOME"],
    ]);
  });

  it("selected repositories are listed, set, added and taken away; 409 for a secret that is for all", async () => {
    const fake = await aWorkshop();
    fake.plant({
      secrets: [
        { name: "ALL", value: "v" },
        { name: "SOME", value: "v", visibility: "selected", selected: ["site"] },
      ],
    });
    const { actions } = asUser(fake).rest;
    const ids = Object.fromEntries(fake.state().repositories.map((one) => [one.name, one.id]));
    const some = { org: "acme", secret_name: "SOME" };
    const names = async () => each((await actions.listSelectedReposForOrgSecret(some)).data.repositories, "name");

    const before = await names();
    await actions.setSelectedReposForOrgSecret({ ...some, selected_repository_ids: [ids["api"] ?? 0] });
    await actions.addSelectedRepoToOrgSecret({ ...some, repository_id: ids["web"] ?? 0 });
    const between = await names();
    await actions.removeSelectedRepoFromOrgSecret({ ...some, repository_id: ids["api"] ?? 0 });
    const refused = [
      statusOf(actions.addSelectedRepoToOrgSecret({ ...some, repository_id: 1 })),
      statusOf(actions.addSelectedRepoToOrgSecret({ ...some, secret_name: "ALL", repository_id: ids["web"] ?? 0 })),
    ];

    expect([before, between, await names()]).toEqual([["site"], ["api", "web"], ["web"]]);
    expect(await Promise.all(refused)).toEqual([404, 409]);
  });

  it("keeps the value when only the visibility changes", async () => {
    const fake = await aWorkshop();
    fake.plant({ secrets: [{ name: "ALL", value: "kept" }] });

    const status = await statusOf(
      asUser(fake).request("PUT /orgs/acme/actions/secrets/ALL", { visibility: "private" }),
    );

    expect([status, fake.secretValue("ALL")]).toEqual([204, "kept"]);
    expect(fake.state().secrets).toMatchObject([{ visibility: "private" }]);
  });

  it("of Codespaces are not for apps", async () => {
    const fake = await aWorkshop();
    const app = fake.plantApp({ organization_codespaces_secrets: "write", codespaces_secrets: "write" });
    const github = asApp(fake, app);

    const statuses = [
      await statusOf(github.rest.codespaces.listOrgSecrets({ org: "acme" })),
      await statusOf(github.rest.codespaces.listRepoSecrets({ owner: "acme", repo: "api" })),
    ];

    expect(statuses).toEqual([403, 200]);
  });
});

it("environments tell who has to agree", async () => {
  const fake = await aWorkshop();

  const { data } = await asUser(fake).rest.repos.getEnvironment({
    owner: "acme",
    repo: "api",
    environment_name: "pro/duction",
  });

  expect(data.protection_rules).toMatchObject([
    { type: "wait_timer", wait_timer: 5 },
    {
      type: "required_reviewers",
      prevent_self_review: true,
      reviewers: [{ type: "User", reviewer: { login: "bob" } }],
    },
  ]);
});

it("a new public key makes what was sealed for the old one useless", async () => {
  const fake = await aWorkshop();
  const { actions } = asUser(fake).rest;
  const place = { owner: "acme", repo: "api" };
  const { data: old } = await actions.getRepoPublicKey(place);
  fake.rotatePublicKey({ repository: "api" });
  const { data: fresh } = await actions.getRepoPublicKey(place);

  const put = (key: string, key_id: string) =>
    outcomeOf(
      actions.createOrUpdateRepoSecret({ ...place, secret_name: "A", encrypted_value: sealed("v", key), key_id }),
    );
  const stale = await put(old.key, old.key_id);
  const good = await put(fresh.key, fresh.key_id);

  expect([stale.status, good.status]).toEqual([422, 201]);
  expect(stale.data).toMatchObject({ message: expect.stringContaining("improperly encrypted secret") });
});

it("T46 whoever may write to a repository can read what its workflows can", async () => {
  const fake = await aWorkshop();
  fake.plant({
    members: [{ login: "robin" }],
    collaborators: [
      { repository: "api", login: "robin", role: "push" },
      { repository: "web", login: "robin", role: "pull" },
    ],
    secrets: [
      { name: "SHARED", value: "v" },
      { name: "PUBLIC_ONLY", value: "v", visibility: "selected", selected: ["site"] },
      { name: "IN_API", value: "v", repository: "api" },
      { name: "IN_ENVIRONMENT", value: "v", repository: "api", environment: "pro/duction" },
      { name: "IN_WEB", value: "v", repository: "web" },
    ],
  });

  expect(fake.readableSecrets("robin").map((one) => one.name)).toEqual(["SHARED", "IN_API", "IN_ENVIRONMENT"]);
});
