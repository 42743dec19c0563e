import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";

/** The leaver writes to `app`, administers `infra`, reads `docs`; the others have places of their own. */
export function plantOrganization(
  github: FakeGithub,
  {
    old,
    pair,
    key,
    isSmall,
  }: { old: number; pair: { accessKeyId: string; secretAccessKey: string }; key: string; isSmall: boolean },
): readonly string[] {
  const { accessKeyId, secretAccessKey } = pair;
  const value = (name: string) => `canary-value-${name.toLowerCase().replaceAll("_", "-")}`;
  const dated = { createdAt: old, updatedAt: old };
  const all = [
    { name: "NPM_TOKEN", repository: "app" },
    { name: "CACHE_TOKEN", repository: "app", app: "codespaces" as const },
    { name: "STATE_TOKEN", repository: "infra" },
    { name: "DEPLOY_KEY", repository: "app", environment: "production" },
    { name: "DOCS_TOKEN", repository: "docs" },
    { name: "BILLING_TOKEN", repository: "billing" },
    { name: "ORG_ALL" },
    { name: "ORG_DOCS", visibility: "selected" as const, selected: ["docs"] },
    { name: "ORG_APP", visibility: "selected" as const, selected: ["app", "billing"], app: "dependabot" as const },
  ];
  const free = isSmall ? all.filter(({ name }) => ["NPM_TOKEN", "BILLING_TOKEN", "ORG_ALL"].includes(name)) : all;
  github.plant({
    members: [{ login: "robin" }, { login: "robin2" }, { login: "robin-ci" }, { login: "sam" }],
    repositories: [
      { name: "app" },
      { name: "billing" },
      { name: "docs" },
      ...(isSmall ? [] : [{ name: "infra" }, { name: "site", visibility: "public" as const }]),
    ],
    collaborators: [
      { repository: "app", login: "robin", role: "push" },
      ...(isSmall
        ? []
        : [
            { repository: "infra", login: "robin", role: "admin" },
            { repository: "infra", login: "robin-ci", role: "push" },
          ]),
      { repository: "docs", login: "robin", role: "pull" },
      { repository: "billing", login: "robin2", role: "push" },
      { repository: "billing", login: "sam", role: "admin" },
      { repository: "app", login: "outsider", role: "push" },
    ],
    externalIdentities: [
      { login: "robin", nameId: "robin.sample@example.com" },
      { login: "robin2", nameId: "robin.sample2@example.com" },
      { login: "robin-ci", nameId: "robin.sample+ci@example.com" },
    ],
    environments: [{ repository: "app", name: "production", reviewers: ["sam"], preventsSelfReview: true }],
    secrets: [
      ...free.map((one) => ({ ...one, ...dated, value: value(one.name) })),
      { ...dated, name: "AWS_DEPLOY", repository: "app", value: `${accessKeyId}:${secretAccessKey}` },
      ...(isSmall
        ? [{ ...dated, name: "GATEWAY_ALL", value: key }]
        : plannedElsewhere(pair, key).map((one) => ({ ...one, ...dated }))),
    ],
  });
  return free.map(({ name }) => value(name));
}

/** The plans' values in places of every sort. */
function plannedElsewhere(
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string },
  key: string,
) {
  return [
    {
      name: "AWS_SHARED",
      visibility: "selected" as const,
      selected: ["app", "infra"],
      value: JSON.stringify({ id: accessKeyId, secret: secretAccessKey }),
    },
    { name: "AWS_PROD", repository: "app", environment: "production", value: `${accessKeyId}:${secretAccessKey}` },
    { name: "GATEWAY", repository: "app", app: "dependabot" as const, value: key },
    { name: "GATEWAY_DEV", app: "codespaces" as const, visibility: "private" as const, value: `key=${key}` },
  ];
}
