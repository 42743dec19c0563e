import fc from "fast-check";
import { exposureOf, narrowingOf } from "../../../../connectors/ci-secrets/exposure.ts";
import type {
  Gate,
  OrganizationSecret,
  ReachedRepository,
  RepositoryPermission,
  Survey,
} from "../../../../connectors/ci-secrets/exposure.ts";
import { refOf, secretStores } from "../../../../connectors/ci-secrets/place.ts";

const now = new Date("2026-11-24T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const row = (name: string, days = 10) => ({ name, createdAt: daysAgo(days + 5), updatedAt: daysAgo(days) });

const open: Gate = {
  reviewers: [],
  reviewingTeams: [],
  preventsSelfReview: false,
  isCustom: false,
  limitsBranches: false,
};

function aRepository(more: Partial<ReachedRepository> = {}): ReachedRepository {
  return { id: 1, name: "web", isPublic: false, permission: "write", secrets: [], environments: [], ...more };
}

function aSurvey(more: Partial<Survey> = {}): Survey {
  return { userId: 7, isOwner: false, repositories: [], organizationSecrets: [], ...more };
}

function ofOrganization(more: Partial<OrganizationSecret> = {}): OrganizationSecret {
  return { ...row("SHARED"), store: "actions", visibility: "all", selected: [], ...more };
}

const refs = (survey: Survey) => exposureOf(survey, [], now).map(({ place }) => refOf(place));

describe("what a person could read", () => {
  it.each<{ name: string; permission: RepositoryPermission; exposed: readonly string[] }>([
    { name: "an administrator reads all", permission: "admin", exposed: ["actions/repository/1/TOKEN"] },
    { name: "a writer reads all", permission: "write", exposed: ["actions/repository/1/TOKEN"] },
    { name: "a reader reads none: workflows of forks get no secrets", permission: "read", exposed: [] },
    { name: "a stranger reads none", permission: "none", exposed: [] },
  ])("$name", ({ permission, exposed }) => {
    const secrets = [{ ...row("TOKEN"), store: "actions" as const }];

    expect(refs(aSurvey({ repositories: [aRepository({ permission, secrets })] }))).toEqual(exposed);
  });

  it.each(secretStores)("secrets of %s need write access as well", (store) => {
    const secrets = [{ ...row("TOKEN"), store }];
    const survey = (permission: RepositoryPermission) =>
      aSurvey({
        repositories: [aRepository({ permission, secrets })],
        organizationSecrets: [ofOrganization({ store })],
      });

    expect(refs(survey("read"))).toEqual([]);
    expect(refs(survey("write")).toSorted()).toEqual([`${store}/organization/SHARED`, `${store}/repository/1/TOKEN`]);
  });

  it.each<{ name: string; secret: Partial<OrganizationSecret>; isPublic?: boolean; isExposed: boolean }>([
    { name: "of all repositories", secret: { visibility: "all" }, isExposed: true },
    { name: "of private ones, seen from one", secret: { visibility: "private" }, isExposed: true },
    {
      name: "of private ones, seen from a public one",
      secret: { visibility: "private" },
      isPublic: true,
      isExposed: false,
    },
    { name: "of selected ones, this among them", secret: { visibility: "selected", selected: [1] }, isExposed: true },
    {
      name: "of selected ones, this not among them",
      secret: { visibility: "selected", selected: [2] },
      isExposed: false,
    },
  ])("the organization's secret $name", ({ secret, isPublic = false, isExposed }) => {
    const survey = aSurvey({
      repositories: [aRepository({ isPublic })],
      organizationSecrets: [ofOrganization(secret)],
    });

    expect(refs(survey)).toEqual(isExposed ? ["actions/organization/SHARED"] : []);
  });

  it("an owner reads everything, also what no repository of theirs is given", () => {
    const survey = aSurvey({
      isOwner: true,
      repositories: [aRepository({ permission: "none", secrets: [{ ...row("TOKEN"), store: "actions" }] })],
      organizationSecrets: [ofOrganization({ visibility: "selected", selected: [99] })],
    });

    expect(refs(survey).toSorted()).toEqual(["actions/organization/SHARED", "actions/repository/1/TOKEN"]);
  });
});

describe("what narrows an environment", () => {
  it.each<{ name: string; gate: Partial<Gate>; narrowed: boolean }>([
    { name: "nothing", gate: {}, narrowed: false },
    { name: "a reviewer who is somebody else", gate: { reviewers: [8] }, narrowed: true },
    { name: "being the reviewer oneself", gate: { reviewers: [8, 7] }, narrowed: false },
    {
      name: "being the reviewer, who may not approve their own",
      gate: { reviewers: [7], preventsSelfReview: true },
      narrowed: true,
    },
    { name: "a team that one may be in", gate: { reviewingTeams: ["sre"] }, narrowed: false },
    {
      name: "a team, when nobody approves their own",
      gate: { reviewingTeams: ["sre"], preventsSelfReview: true },
      narrowed: true,
    },
    { name: "an app that has to agree", gate: { isCustom: true }, narrowed: true },
    { name: "branches", gate: { limitsBranches: true }, narrowed: true },
  ])("$name: $narrowed", ({ gate, narrowed }) => {
    expect(narrowingOf({ ...open, ...gate }, 7) !== null).toBe(narrowed);
  });

  it.each<{ permission: RepositoryPermission; isLower: boolean }>([
    { permission: "write", isLower: true },
    { permission: "admin", isLower: false }, // an administrator can change the rule
  ])("a narrowed secret ranks lower for $permission: $isLower, and says why", ({ permission, isLower }) => {
    const environments = [{ name: "production", gate: { ...open, reviewers: [8] }, secrets: [row("DEPLOY")] }];
    const [narrowed] = exposureOf(aSurvey({ repositories: [aRepository({ permission, environments })] }), [], now);
    const [free] = exposureOf(aSurvey({ repositories: [aRepository({ permission: "admin", environments })] }), [], now);

    expect((narrowed?.score ?? 0) < (free?.score ?? 0)).toBe(isLower);
    expect(narrowed?.reason.includes("someone else has to approve")).toBe(isLower);
  });
});

describe("the order of what is exposed", () => {
  it("is production, then reach, then age; each with its reason", () => {
    const repositories = [1, 2, 3, 4, 5, 6].map((id) => aRepository({ id, name: `app-${id}` }));
    const survey = aSurvey({
      repositories: [
        ...repositories,
        aRepository({
          id: 9,
          name: "tool",
          secrets: [
            { ...row("OLD", 700), store: "actions" },
            { ...row("NEW", 1), store: "actions" },
          ],
        }),
      ],
      organizationSecrets: [ofOrganization({ ...row("EVERYWHERE", 1) }), ofOrganization({ ...row("PROD_DB", 1) })],
    });

    const found = exposureOf(survey, [], now);

    expect(found.map(({ name }) => name)).toEqual(["PROD_DB", "OLD", "EVERYWHERE", "NEW"]);
    expect(found[0]?.reason).toContain("production by its name");
    expect(found[0]?.reason).toContain("and 4 more");
    expect(found[1]?.reason).toContain("unchanged for 700 days");
  });

  it("follows what the operator marks as production", () => {
    const secrets = [
      { ...row("STRIPE_KEY"), store: "actions" as const },
      { ...row("CACHE"), store: "actions" as const },
    ];
    const survey = aSurvey({ repositories: [aRepository({ secrets })] });

    const [first] = exposureOf(survey, ["stripe_*"], now);

    expect(first).toMatchObject({ name: "STRIPE_KEY", isProduction: true, rank: "high" });
    expect(first?.reason).toContain("marked as production");
  });
});

describe("whatever the organization looks like", () => {
  const permission = fc.constantFrom<RepositoryPermission>("admin", "write", "read", "none");
  const name = fc.constantFrom("PROD_DB", "TOKEN", "CACHE", "deploy_live");
  const secret = fc.record({ name, store: fc.constantFrom(...secretStores), age: fc.nat(1_000) });
  const gate: fc.Arbitrary<Gate> = fc.record({
    reviewers: fc.array(fc.constantFrom(7, 8), { maxLength: 2 }),
    reviewingTeams: fc.array(fc.constant("sre"), { maxLength: 1 }),
    preventsSelfReview: fc.boolean(),
    isCustom: fc.boolean(),
    limitsBranches: fc.boolean(),
  });
  const repository = fc.record({
    permission,
    isPublic: fc.boolean(),
    secrets: fc.uniqueArray(secret, { maxLength: 3, selector: ({ name, store }) => `${store}/${name}` }),
    gate,
  });
  const world = fc.record({
    isOwner: fc.boolean(),
    repositories: fc.array(repository, { maxLength: 5 }),
    shared: fc.uniqueArray(
      fc.record({ secret, visibility: fc.constantFrom("all", "private", "selected"), selected: fc.array(fc.nat(5)) }),
      { maxLength: 4, selector: ({ secret: { name, store } }) => `${store}/${name}` },
    ),
  });
  const surveyFrom = ({
    isOwner,
    repositories,
    shared,
  }: typeof world extends fc.Arbitrary<infer World> ? World : never): Survey =>
    aSurvey({
      isOwner,
      repositories: repositories.map((one, id) =>
        aRepository({
          id,
          name: `repo-${id}`,
          isPublic: one.isPublic,
          permission: one.permission,
          secrets: one.secrets.map(({ name, store, age }) => ({ ...row(name, age), store })),
          environments: [{ name: "production", gate: one.gate, secrets: [row("DEPLOY")] }],
        }),
      ),
      organizationSecrets: shared.map(({ secret: { name, store, age }, visibility, selected }) =>
        ofOrganization({ ...row(name, age), store, visibility: visibility as "all", selected }),
      ),
    });

  it("I14 nobody who may not write reads anything, and an owner reads all of it", () => {
    fc.assert(
      fc.property(world, (one) => {
        const survey = surveyFrom(one);
        const all = [...survey.organizationSecrets, ...survey.repositories.flatMap(({ secrets }) => secrets)].length;
        const reader = survey.repositories.map((repository) => ({ ...repository, permission: "read" as const }));

        expect(refs({ ...survey, isOwner: false, repositories: reader })).toEqual([]);
        expect(refs({ ...survey, isOwner: true })).toHaveLength(all + survey.repositories.length);
      }),
    );
  });

  it("more access never exposes less, nor ranks anything lower", () => {
    fc.assert(
      fc.property(world, fc.nat(4), (one, at) => {
        const survey = surveyFrom(one);
        const more = {
          ...survey,
          repositories: survey.repositories.map((repository, index) =>
            index === at ? { ...repository, permission: "admin" as const } : repository,
          ),
        };
        const scores = new Map(exposureOf(more, [], now).map(({ place, score }) => [refOf(place), score]));

        for (const { place, score } of exposureOf(survey, [], now)) {
          expect(scores.get(refOf(place))).toBeGreaterThanOrEqual(score);
        }
      }),
    );
  });

  it("each secret is named once, highest first, with a sentence of its own, in whatever order it was read", () => {
    fc.assert(
      fc.property(world, (one) => {
        const survey = surveyFrom(one);
        const found = exposureOf(survey, [], now);
        const turned = {
          ...survey,
          repositories: survey.repositories.toReversed(),
          organizationSecrets: survey.organizationSecrets.toReversed(),
        };

        const names = found.map(({ place }) => refOf(place));
        expect(new Set(names).size).toBe(names.length);
        expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).toSorted((a, b) => b - a));
        expect(found.every(({ score, reason }) => score >= 0 && score <= 100 && reason !== "")).toBe(true);
        expect(refs(turned).toSorted()).toEqual(names.toSorted());
      }),
    );
  });
});
