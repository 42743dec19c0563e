import { accountPlace, stageOf } from "../../../../connectors/gateway-keys/aws/config.ts";
import { gatewaySecrets, gatewaySettings } from "../../../../connectors/gateway-keys/config.ts";
import type { ApiGatewaySettings } from "../../../../connectors/gateway-keys/config.ts";
import { gatewayKeys } from "../../../../connectors/gateway-keys/index.ts";
import { Secret } from "../../../../connectors/contract/secret.ts";

const least = { driver: "aws-api-gateway", regions: ["eu-central-1"] };
const stage = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/orders";

describe("the settings of Amazon API Gateway", () => {
  it("need the regions alone", () => {
    expect(gatewaySettings.parse(least)).toEqual({
      ...least,
      endpoints: {},
      ownerFrom: "tag",
      ownerTag: "owner",
      probes: {},
      probeTimes: 3,
      pageSize: 500,
    });
  });

  it.each([
    { change: { regions: [] }, at: "regions" },
    { change: { regions: ["Frankfurt"] }, at: "regions.0" },
    { change: { regions: ["eu-central-1", "eu-central-1"] }, at: "regions" },
    { change: { endpoints: { "us-east-1": "http://127.0.0.1:1" } }, at: "endpoints.us-east-1" },
    { change: { endpoints: { "eu-central-1": "ftp://127.0.0.1" } }, at: "endpoints.eu-central-1" },
    { change: { ownerFrom: "name" }, at: "ownerFrom" },
    { change: { ownerTag: "aws:owner" }, at: "ownerTag" },
    { change: { ownerTag: "" }, at: "ownerTag" },
    { change: { ownerTag: "lastday:frozen" }, at: "ownerTag" },
    { change: { probes: { "us-east-1": { url: stage } } }, at: "probes.us-east-1" },
    { change: { probes: { "eu-central-1": { url: "file:///etc/passwd" } } }, at: "probes.eu-central-1.url" },
    {
      change: { probes: { "eu-central-1": { url: "https://api.example.com/prod" } } },
      at: "probes.eu-central-1.stage",
    },
    { change: { probes: { "eu-central-1": { url: stage, stage: "prod" } } }, at: "probes.eu-central-1.stage" },
    { change: { probeTimes: 0 }, at: "probeTimes" },
    { change: { pageSize: 501 }, at: "pageSize" },
    { change: { assumeRole: { roleArn: "lastday" } }, at: "assumeRole.roleArn" },
    { change: { adminUrl: "https://kong.example" }, at: "" },
  ])("refuse $change by its name", ({ change, at }) => {
    const result = gatewaySettings.safeParse({ ...least, ...change });

    expect(result.error?.issues.map(({ path }) => path.join("."))).toEqual([at]);
  });

  it("allow the control plane of each region, the stages, the role's STS, and no others", () => {
    const settings = gatewaySettings.parse({
      ...least,
      regions: ["eu-central-1", "us-east-1"],
      endpoints: { "us-east-1": "http://127.0.0.1:4566/aws" },
      probes: { "eu-central-1": { url: "https://api.example.com/orders", stage: "a1b2c3d4e5/prod" } },
      assumeRole: { roleArn: "arn:aws:iam::123456789012:role/lastday" },
    });

    expect(gatewayKeys.origins(settings)).toEqual([
      "https://apigateway.eu-central-1.amazonaws.com",
      "http://127.0.0.1:4566",
      "https://sts.eu-central-1.amazonaws.com",
      "https://api.example.com",
    ]);
    expect(accountPlace(settings as ApiGatewaySettings)).toEqual({ region: "eu-central-1", endpoint: undefined });
  });

  it("tell a rate that AWS publishes, and Kong's is another", () => {
    expect(gatewayKeys.limits(gatewaySettings.parse(least))).toEqual({ perSecond: 5, burst: 5, scope: "account" });
    expect(
      gatewayKeys.limits(gatewaySettings.parse({ driver: "kong", adminUrl: "https://kong.example" })),
    ).toMatchObject({
      perSecond: 40,
    });
  });
});

describe("the stage behind a probe", () => {
  it.each([
    { url: stage, stage: undefined, is: "a1b2c3d4e5/prod" },
    { url: stage, stage: "f6g7h8i9j0/test", is: "f6g7h8i9j0/test" },
    { url: "https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod", stage: undefined, is: "a1b2c3d4e5/prod" },
    { url: "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", stage: undefined, is: null },
    { url: "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com.evil.example/prod", stage: undefined, is: null },
    { url: "https://api.example.com/prod/orders", stage: undefined, is: null },
  ])("of $url, said to be $stage: $is", ({ url, stage, is }) => {
    expect(stageOf({ url, stage })).toBe(is);
  });
});

describe("the secrets of Amazon API Gateway", () => {
  const [accessKeyId, secretAccessKey, sessionToken] = ["AKIA0", "secret", "token"].map((text) => new Secret(text));

  it.each([
    { name: "nothing", secrets: {}, isFine: true },
    { name: "a key", secrets: { accessKeyId, secretAccessKey }, isFine: true },
    { name: "a session", secrets: { accessKeyId, secretAccessKey, sessionToken }, isFine: true },
    { name: "half a key", secrets: { accessKeyId }, isFine: false },
    { name: "the other half", secrets: { secretAccessKey }, isFine: false },
    { name: "a token alone", secrets: { sessionToken }, isFine: false },
  ])("may be $name: $isFine", ({ secrets, isFine }) => {
    expect(gatewaySecrets.safeParse(secrets).success).toBe(isFine);
  });
});
