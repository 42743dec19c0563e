import {
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  GetAccountCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetTagsCommand,
  UpdateApiKeyCommand,
} from "@aws-sdk/client-api-gateway";
import { aGateway, outcomeOf, sdk } from "./support.ts";

const minutes = 60_000;

describe("whom the control plane lets in", () => {
  it.each([
    { name: "its admin", change: {}, outcome: "ok" },
    {
      name: "an unknown key",
      change: { credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" } },
      outcome: "UnrecognizedClientException 403",
    },
    {
      name: "signed for another region",
      change: { signingRegion: "us-east-1" },
      outcome: "InvalidSignatureException 403",
    },
    { name: "fourteen minutes behind", change: { systemClockOffset: -14 * minutes }, outcome: "ok" },
    {
      name: "sixteen minutes behind",
      change: { systemClockOffset: -16 * minutes },
      outcome: "InvalidSignatureException 403",
    },
    {
      name: "sixteen minutes ahead",
      change: { systemClockOffset: 16 * minutes },
      outcome: "InvalidSignatureException 403",
    },
  ])("$name: $outcome", async ({ change, outcome }) => {
    const gateway = await aGateway({ regions: ["eu-central-1"] });

    expect(await outcomeOf(sdk(gateway, change).send(new GetApiKeysCommand({})))).toBe(outcome);
  });

  it("the right key with a wrong secret, or another one's", async () => {
    const gateway = await aGateway();
    const other = gateway.plantAdmin({});
    const { accessKeyId, secretAccessKey } = gateway.admin;
    const wrong = [
      { accessKeyId, secretAccessKey: `${secretAccessKey}x` },
      { accessKeyId, secretAccessKey: other.secretAccessKey },
    ];

    const outcomes = await Promise.all(
      wrong.map((credentials) => outcomeOf(sdk(gateway, { credentials }).send(new CreateApiKeyCommand({})))),
    );

    expect(outcomes).toEqual(["InvalidSignatureException 403", "InvalidSignatureException 403"]);
    expect(gateway.effects()).toBe(0);
  });

  it("a session with its token alone", async () => {
    const gateway = await aGateway();
    const { sessionToken, ...rest } = gateway.plantAdmin({ isSession: true });
    const session = { ...rest, sessionToken: sessionToken ?? "" };
    const tried = [session, rest, { ...rest, sessionToken: "other" }];

    const outcomes = await Promise.all(
      tried.map((credentials) => outcomeOf(sdk(gateway, { credentials }).send(new GetApiKeysCommand({})))),
    );

    expect(outcomes).toEqual(["ok", "UnrecognizedClientException 403", "UnrecognizedClientException 403"]);
  });

  it("nobody whose credentials were taken away, and nobody without any", async () => {
    const gateway = await aGateway();
    const credentials = gateway.plantAdmin({});
    gateway.removeAdmin(credentials);

    const removed = await outcomeOf(sdk(gateway, { credentials }).send(new GetApiKeysCommand({})));
    const unsigned = await fetch(`${gateway.controlUrl()}/apikeys`);

    expect(removed).toBe("UnrecognizedClientException 403");
    expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).toEqual([
      403,
      "MissingAuthenticationTokenException",
    ]);
    expect(await unsigned.json()).toEqual({ message: "Missing Authentication Token" });
  });
});

describe("what an admin may do", () => {
  it.each([
    { allow: ["*"], may: ["list", "get", "tags", "patch", "delete", "account"] },
    { allow: ["GET /apikeys"], may: ["list"] },
    { allow: ["GET /apikeys/*"], may: ["get"] },
    { allow: ["GET *"], may: ["list", "get", "tags", "account"] },
    { allow: ["GET /apikeys*", "PATCH /apikeys/*"], may: ["list", "get", "patch"] },
    { allow: ["GET /tags/*"], may: ["tags"] },
    { allow: ["DELETE /apikeys/*"], may: ["delete"] },
    { allow: [], may: [] },
  ])("$allow: $may", async ({ allow, may }) => {
    const gateway = await aGateway();
    const { keys } = gateway.plant({ keys: [{ owner: "robin.sample" }] });
    const { id: apiKey = "", arn: resourceArn = "" } = keys[0] ?? {};
    const client = sdk(gateway, { credentials: gateway.plantAdmin({ allow }) });
    const patchOperations = [{ op: "replace", path: "/enabled", value: "false" } as const];

    const outcomes = {
      list: await outcomeOf(client.send(new GetApiKeysCommand({}))),
      get: await outcomeOf(client.send(new GetApiKeyCommand({ apiKey }))),
      tags: await outcomeOf(client.send(new GetTagsCommand({ resourceArn }))),
      patch: await outcomeOf(client.send(new UpdateApiKeyCommand({ apiKey, patchOperations }))),
      delete: await outcomeOf(client.send(new DeleteApiKeyCommand({ apiKey }))),
      account: await outcomeOf(client.send(new GetAccountCommand({}))),
    };

    const named = (outcome: string) =>
      Object.entries(outcomes).flatMap(([name, one]) => (one === outcome ? [name] : []));
    expect(named("ok")).toEqual(may);
    expect(named("AccessDeniedException 403")).toHaveLength(6 - may.length);
  });

  it("is said with the permission that is missing", async () => {
    const gateway = await aGateway();
    const credentials = gateway.plantAdmin({ name: "auditor", allow: ["GET *"] });

    const denied = sdk(gateway, { credentials }).send(new DeleteApiKeyCommand({ apiKey: "abcdefghij" }));

    await expect(denied).rejects.toThrow(
      "User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: apigateway:DELETE on resource: arn:aws:apigateway:eu-central-1::/apikeys/abcdefghij because no identity-based policy allows the apigateway:DELETE action",
    );
  });
});
