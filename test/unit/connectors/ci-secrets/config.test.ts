import { ciSecrets } from "../../../../connectors/ci-secrets/index.ts";
import { Secret } from "../../../../connectors/contract/secret.ts";

const base = { org: "acme", owner: "platform@example.com" };
const aws = { region: "eu-central-1" };
const kong = { adminUrl: "http://127.0.0.1:8001", probeUrl: "http://127.0.0.1:8000/probe" };
const deploy = { kind: "aws-access-key", userName: "deploy" };
const gateway = { kind: "kong-key", consumer: "ci" };
const consumer = { in: "actions", at: "web", name: "AWS_KEY" };

function problemsOf(settings: object): readonly string[] {
  const parsed = ciSecrets.settings.safeParse({ ...base, ...settings });
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
}

const plan = (more: object = {}) => ({ name: "deploy", issuer: deploy, consumers: [consumer], ...more });

describe("settings", () => {
  it.each([
    { name: "without plans", settings: {} },
    {
      name: "with a plan for each issuer",
      settings: {
        aws,
        kong,
        plans: [plan(), plan({ name: "gw", issuer: gateway, consumers: [{ ...consumer, name: "KONG" }] })],
      },
    },
    {
      name: "with a template of JSON",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, value: '{"id":"{accessKeyId}"}' }] })] },
    },
    {
      name: "with an environment",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, environment: "production" }] })] },
    },
  ])("$name are taken", ({ settings }) => {
    expect(problemsOf(settings)).toEqual([]);
  });

  it.each([
    { name: "no owner", settings: { owner: undefined }, said: /expected string/ },
    { name: "half an App", settings: { appId: 1 }, said: /appId and installationId together/ },
    { name: "an AWS plan without aws", settings: { plans: [plan()] }, said: /needs the setting aws/ },
    {
      name: "a Kong plan without kong",
      settings: { plans: [plan({ issuer: gateway })] },
      said: /needs the setting kong/,
    },
    {
      name: "one name twice",
      settings: {
        aws,
        plans: [plan(), plan({ issuer: { ...deploy, userName: "other" }, consumers: [{ ...consumer, name: "B" }] })],
      },
      said: /is taken/,
    },
    {
      name: "one user in two plans",
      settings: { aws, plans: [plan(), plan({ name: "two", consumers: [{ ...consumer, name: "B" }] })] },
      said: /in another plan/,
    },
    {
      name: "one secret twice",
      settings: { aws, plans: [plan({ consumers: [consumer, { ...consumer, name: "aws_key" }] })] },
      said: /named twice/,
    },
    {
      name: "another issuer's part",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, value: "{key}" }] })] },
      said: /not a part of this credential/,
    },
    {
      name: "a value that never changes",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, value: "fixed" }] })] },
      said: /the same for ever/,
    },
    {
      name: "an environment of Dependabot",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, in: "dependabot", environment: "x" }] })] },
      said: /Actions secrets can be in an environment/,
    },
    {
      name: "an environment of the organization",
      settings: { aws, plans: [plan({ consumers: [{ ...consumer, at: "organization", environment: "x" }] })] },
      said: /can be in an environment/,
    },
    { name: "a grace without a unit", settings: { aws, plans: [plan({ grace: "10" })] }, said: /s, m, h, d/ },
  ])("with $name are refused, and say so", ({ settings, said }) => {
    expect(problemsOf(settings).some((message) => said.test(message))).toBe(true);
  });

  it("T46 half an AWS key is a mistake, not the machine's own identity", () => {
    expect(ciSecrets.secrets.safeParse({ accessKeyId: new Secret("AKIA") }).success).toBe(false);
  });
});

it("only what the settings name can be called", () => {
  const settings = ciSecrets.settings.parse({
    ...base,
    aws,
    kong,
    probes: [{ match: "*", url: "https://db.example.com/probe" }],
  });

  expect(ciSecrets.origins(settings)).toEqual([
    "https://api.github.com",
    "http://127.0.0.1:8001",
    "http://127.0.0.1:8000",
    "https://db.example.com",
    "https://iam.amazonaws.com",
    "https://sts.eu-central-1.amazonaws.com",
  ]);
});
