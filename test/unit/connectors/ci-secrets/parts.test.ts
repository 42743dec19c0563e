import sodium from "libsodium-wrappers";
import { duration } from "../../../../connectors/ci-secrets/duration.ts";
import { gateOf } from "../../../../connectors/ci-secrets/github/gate.ts";
import { fits } from "../../../../connectors/ci-secrets/name-pattern.ts";
import { fill } from "../../../../connectors/ci-secrets/plan-settings.ts";
import { looksLikeProduction, rankOf } from "../../../../connectors/ci-secrets/rank.ts";
import { sealFor } from "../../../../connectors/ci-secrets/sealed-box.ts";

describe("a pattern of names", () => {
  it.each([
    ["DATABASE_*", "DATABASE_URL", true],
    ["DATABASE_*", "DATABASE_", true],
    ["DATABASE_*", "MY_DATABASE_URL", false],
    ["database_*", "DATABASE_URL", true],
    ["*_KEY", "STRIPE_KEY", true],
    ["*_KEY", "STRIPE_KEYS", false],
    ["A*B*C", "A1B2C", true],
    ["A*B*C", "AC", false],
    ["A*A", "A", false],
    ["*", "ANYTHING", true],
    ["TOKEN", "TOKEN", true],
    ["TOKEN", "TOKENS", false],
    ["A.C", "ABC", false],
  ])("%s on %s: %s", (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });
});

describe("a span of time", () => {
  it.each([
    ["0s", 0],
    ["90s", 90_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(duration.parse(text)).toBe(ms);
  });

  it.each(["", "7", "d", "-1d", "1.5h", "7 d", "7w"])("%j is none", (text) => {
    expect(duration.safeParse(text).success).toBe(false);
  });
});

describe("what a name says about production", () => {
  it.each([
    ["PROD_DB", true],
    ["DB_PROD", true],
    ["production", true],
    ["eu-live", true],
    ["PRD_TOKEN", true],
    ["PRODUCT_ID", false],
    ["REPRODUCE", false],
    ["DELIVERY", false],
    ["STAGING", false],
  ])("%s: %s", (name, expected) => {
    expect(looksLikeProduction(name)).toBe(expected);
  });
});

it("a date that is missing ranks as an old one", () => {
  const now = new Date("2026-11-24T00:00:00Z");
  const without = rankOf({ isProduction: false, reach: 1, updatedAt: null, isNarrowed: false }, now);
  const fresh = rankOf({ isProduction: false, reach: 1, updatedAt: now, isNarrowed: false }, now);

  expect(without.score).toBeGreaterThan(fresh.score);
});

describe("a template", () => {
  const parts = { accessKeyId: "AKIA1", secretAccessKey: "a/b$&{accessKeyId}" };
  it.each([
    ["{accessKeyId}:{secretAccessKey}", "AKIA1:a/b$&{accessKeyId}"],
    ['{"id":"{accessKeyId}","other":{}}', '{"id":"AKIA1","other":{}}'],
    ["{secretAccessKey}", "a/b$&{accessKeyId}"],
    ["{unknown}", "{unknown}"],
  ])("%s becomes %s", (template, expected) => {
    expect(fill(template, parts)).toBe(expected);
  });
});

describe("a sealed box", () => {
  it("opens with GitHub's own key alone, and gives the value as it was", async () => {
    await sodium.ready;
    const { publicKey, privateKey } = sodium.crypto_box_keypair();
    const value = 'pässwörd "quoted" \u{1F511}';

    const sealed = await sealFor({ key: Buffer.from(publicKey).toString("base64") }, value);

    const bytes = sodium.crypto_box_seal_open(Buffer.from(sealed, "base64"), publicKey, privateKey);
    expect(Buffer.from(bytes).toString("utf8")).toBe(value);
    expect(sealed).not.toContain(Buffer.from(value).toString("base64").slice(0, 8));
  });

  it.each(["", "AAAA", "not base64!", Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("base64")])(
    "T46 is not made with the key %j",
    async (key) => {
      await expect(sealFor({ key }, "value")).rejects.toThrow(RangeError);
    },
  );
});

describe("the rules of an environment", () => {
  const base = { name: "production" };
  it.each([
    { name: "none", answer: base, gate: {} },
    {
      name: "a timer, which narrows nothing",
      answer: { ...base, protection_rules: [{ type: "wait_timer" }] },
      gate: {},
    },
    {
      name: "reviewers of both sorts",
      answer: {
        ...base,
        protection_rules: [
          {
            type: "required_reviewers",
            prevent_self_review: true,
            reviewers: [
              { type: "User", reviewer: { id: 5, login: "robin" } },
              { type: "Team", reviewer: { id: 6, slug: "sre" } },
            ],
          },
        ],
      },
      gate: { reviewers: [5], reviewingTeams: ["sre"], preventsSelfReview: true },
    },
    {
      name: "branches",
      answer: {
        ...base,
        protection_rules: [{ type: "branch_policy" }],
        deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
      },
      gate: { limitsBranches: true },
    },
    { name: "an app", answer: { ...base, protection_rules: [{ type: "my-app" }] }, gate: { isCustom: true } },
  ])("$name", ({ answer, gate }) => {
    const none = {
      reviewers: [],
      reviewingTeams: [],
      preventsSelfReview: false,
      isCustom: false,
      limitsBranches: false,
    };

    expect(gateOf(answer)).toEqual({ ...none, ...gate });
  });
});
