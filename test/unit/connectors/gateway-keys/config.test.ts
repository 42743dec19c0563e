import { Secret } from "../../../../connectors/contract/secret.ts";
import { gatewaySecrets, gatewaySettings } from "../../../../connectors/gateway-keys/config.ts";
import { gatewayKeys } from "../../../../connectors/gateway-keys/index.ts";

const least = { driver: "kong", adminUrl: "https://kong.example:8444/admin" };

describe("the settings", () => {
  it("need the address of the Admin API alone", () => {
    expect(gatewaySettings.parse(least)).toEqual({ ...least, probeHeader: "apikey", probeTimes: 3, pageSize: 100 });
  });

  it.each([
    { change: { driver: "tyk" }, at: "driver" },
    { change: { adminUrl: "kong.example" }, at: "adminUrl" },
    { change: { adminUrl: "ftp://kong.example" }, at: "adminUrl" },
    { change: { adminUrl: undefined }, at: "adminUrl" },
    { change: { probeUrl: "file:///etc/passwd" }, at: "probeUrl" },
    { change: { workspace: "../other" }, at: "workspace" },
    { change: { workspace: "" }, at: "workspace" },
    { change: { probeHeader: "api key\r\nx: y" }, at: "probeHeader" },
    { change: { probeTimes: 0 }, at: "probeTimes" },
    { change: { pageSize: 1_001 }, at: "pageSize" },
    { change: { pageSize: "100" }, at: "pageSize" },
    { change: { pagesize: 10 }, at: "" },
  ])("refuse $change by its name", ({ change, at }) => {
    const result = gatewaySettings.safeParse({ ...least, ...change });

    expect(result.error?.issues.map(({ path }) => path.join("."))).toEqual([at]);
  });

  it("allow the origins of the Admin API and of the probe, and no others", () => {
    const origins = (more: object) => gatewayKeys.origins(gatewaySettings.parse({ ...least, ...more }));

    expect(origins({})).toEqual(["https://kong.example:8444"]);
    expect(origins({ probeUrl: "https://api.example/probe" })).toEqual([
      "https://kong.example:8444",
      "https://api.example",
    ]);
  });
});

describe("the secrets", () => {
  it("are an admin token, or nothing", () => {
    expect(gatewaySecrets.safeParse({}).success).toBe(true);
    expect(gatewaySecrets.safeParse({ adminToken: new Secret("t") }).success).toBe(true);
  });

  it.each([{ adminToken: "plain text" }, { token: new Secret("t") }])("are refused otherwise", (secrets) => {
    expect(gatewaySecrets.safeParse(secrets).success).toBe(false);
  });
});
