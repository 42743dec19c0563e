import { IAMClient, ListAccessKeysCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { z } from "zod";
import { clientSettings, createAwsCaller } from "../../../../../connectors/vendors/aws/client.ts";
import type { Via } from "../../../../../connectors/vendors/aws/wire.ts";
import { now, rejection } from "../../contract/support.ts";
import { failure, hostAt, keys, serveAws, success } from "./support.ts";
import type { Answer } from "./support.ts";

const users = z.object({ Users: z.array(z.object({ UserName: z.string() })), IsTruncated: z.boolean().optional() });
const oneUser = success(
  "ListUsers",
  "<Users><member><UserName>robin.sample</UserName><UserId>AIDA1</UserId></member></Users><IsTruncated>false</IsTruncated>",
);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A client of the real SDK on our transport, at a server that answers as told. */
async function iamAt(answer: (call: number) => Answer) {
  const { server, asked } = await serveAws((_, call) => answer(call));
  const host = hostAt(server.origin);
  closers.push(
    () => server.close(),
    () => host.http.close(),
  );
  const credentials = async () => keys;
  const client = new IAMClient(clientSettings({ region: "eu-central-1", endpoint: server.origin }, credentials));
  const call = createAwsCaller("iam", { http: host.http, clock: () => now, credentials });
  return { client, call, asked, ...host };
}

describe("a command of the vendor's SDK", () => {
  it("is one exchange, named by its action, signed, and recorded by the fields of its schema", async () => {
    const { client, call, asked, exchanges } = await iamAt(() => oneUser);

    const reply = await call({ client, command: new ListUsersCommand({ MaxItems: 5 }), schema: users });

    expect(reply.body).toEqual({ Users: [{ UserName: "robin.sample" }], IsTruncated: false });
    expect(asked.map(({ action, by }) => ({ action, by }))).toEqual([{ action: "ListUsers", by: keys.accessKeyId }]);
    expect(asked[0]?.parameters.get("MaxItems")).toBe("5");
    const [evidence] = exchanges.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(evidence).toContain('"operation":"ListUsers"');
    expect(evidence).toContain('"template":"/?Action=ListUsers"');
    expect(evidence).not.toContain("AIDA1");
  });

  it.each([
    { name: "a failure of the server", answer: failure(500, "ServiceFailure") },
    { name: "throttling", answer: failure(400, "Throttling", "Rate exceeded") },
    { name: "a clock that differs", answer: failure(403, "RequestTimeTooSkewed") },
  ])("is sent once, whatever the SDK would do by itself about $name", async ({ answer }) => {
    const { client, call, asked } = await iamAt(() => answer);

    await rejection(call({ client, command: new ListUsersCommand({}), schema: users }));

    expect(asked).toHaveLength(1);
  });

  it("T46 is never sent as another action than the one it was declared as", async () => {
    const { client, call, asked } = await iamAt(() => oneUser);
    const forged = {
      send: (command: ListAccessKeysCommand, via: Via) =>
        client.send(new ListUsersCommand({}), via).then(() => command),
    };

    expect(
      await rejection(call({ client: forged, command: new ListAccessKeysCommand({}), schema: users })),
    ).toMatchObject({
      message: "ListAccessKeys was about to be sent as ListUsers",
    });
    expect(asked).toEqual([]);
  });

  it("never leaves by any way but the host's", async () => {
    const { client, asked } = await iamAt(() => oneUser);

    expect(await rejection(client.send(new ListUsersCommand({})))).toMatchObject({
      message: "a command was sent past the host's transport",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    { name: "HTML", answer: { body: "<!doctype html><html><body>Sign in</body></html>", type: "text/html" } },
    { name: "an empty body", answer: { body: "" } },
    { name: "text", answer: { body: "ok" } },
    { name: "a list that is missing", answer: success("ListUsers", "<IsTruncated>false</IsTruncated>") },
    { name: "a field that is missing", answer: success("ListUsers", "<Users><member><Path>/</Path></member></Users>") },
    {
      name: "a list whose elements are misspelt",
      answer: success("ListUsers", "<Users><Member><UserName>r</UserName></Member></Users>"),
    },
    { name: "XML that is cut off", answer: { body: "<ListUsersResponse><ListUsersResult><Users><member>" } },
  ])("F07 takes a 200 with $name for no answer", async ({ answer }) => {
    const { client, call } = await iamAt(() => answer);

    expect(await rejection(call({ client, command: new ListUsersCommand({}), schema: users }))).toMatchObject({
      code: "invalid-response",
    });
  });

  it.each([
    { name: "closed at once", list: "<Users/>" },
    { name: "with nothing in it", list: "<Users></Users>" },
    { name: "with a line break in it", list: "<Users>\n  </Users>" },
    { name: "with its namespace", list: '<Users xmlns="https://iam.amazonaws.com/doc/2010-05-08/" />' },
  ])("reads an empty list as one: $name", async ({ list }) => {
    const { client, call } = await iamAt(() => success("ListUsers", `${list}<IsTruncated>false</IsTruncated>`));

    const { body } = await call({ client, command: new ListUsersCommand({}), schema: users });

    expect(body?.Users).toEqual([]);
  });

  it("takes nothing from the environment", async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:1",
      AWS_MAX_ATTEMPTS: "7",
      AWS_USE_FIPS_ENDPOINT: "true",
      AWS_REGION: "cn-north-1",
    });
    try {
      const credentials = async () => keys;
      const client = new IAMClient(clientSettings({ region: "eu-central-1" }, credentials));
      const urls: string[] = [];
      const via: Via = {
        operation: "ListUsers",
        async wire({ url }) {
          urls.push(url);
          throw new Error("not sent");
        },
      };

      await rejection(client.send(new ListUsersCommand({}), via));

      expect(urls).toEqual(["https://iam.amazonaws.com/"]);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});

describe("what a failure means", () => {
  const denied =
    "User: arn:aws:iam::123456789012:user/lastday is not authorized to perform: iam:ListUsers on resource: * because no identity-based policy allows the iam:ListUsers action";
  it.each([
    { answer: failure(400, "Throttling", "Rate exceeded"), code: "rate-limited" },
    { answer: failure(400, "ThrottlingException"), code: "rate-limited" },
    { answer: failure(503, "RequestLimitExceeded"), code: "rate-limited" },
    { answer: failure(429, "TooManyRequestsException"), code: "rate-limited" },
    { answer: failure(429, "LimitExceededException"), code: "rate-limited" },
    { answer: failure(403, "AccessDenied", denied), code: "forbidden", says: "it lacks iam:ListUsers" },
    { answer: failure(403, "AccessDeniedException", "no"), code: "forbidden", says: "it lacks iam:ListUsers" },
    {
      answer: failure(
        403,
        "AccessDenied",
        `${denied.split(" because")[0]} with an explicit deny in an identity-based policy`,
      ),
      code: "forbidden",
      says: "a policy denies iam:ListUsers",
    },
    { answer: failure(403, "InvalidClientTokenId"), code: "unauthorized" },
    { answer: failure(403, "SignatureDoesNotMatch"), code: "unauthorized" },
    { answer: failure(403, "ExpiredToken"), code: "unauthorized" },
    { answer: failure(400, "ExpiredTokenException"), code: "unauthorized" },
    { answer: failure(403, "UnrecognizedClientException"), code: "unauthorized" },
    { answer: failure(403, "MissingAuthenticationToken"), code: "unauthorized" },
    { answer: failure(409, "DeleteConflict"), code: "conflict" },
    { answer: failure(409, "ConcurrentModification"), code: "conflict" },
    { answer: failure(409, "EntityTemporarilyUnmodifiable"), code: "conflict" },
    { answer: failure(409, "LimitExceeded"), code: "conflict" },
    { answer: failure(404, "NoSuchEntity"), code: "not-visible" },
    { answer: failure(500, "ServiceFailure"), code: "unavailable" },
    { answer: failure(503, "ServiceUnavailable"), code: "unavailable" },
    { answer: failure(400, "ValidationError"), code: "bad-request" },
    { answer: failure(400, "InvalidInput"), code: "bad-request" },
    { answer: failure(400, "MalformedPolicyDocument"), code: "bad-request" },
    { answer: failure(418, "NeverHeardOf"), code: "bad-request" },
    { answer: { status: 502, type: "text/html", body: "<html>Bad gateway</html>" }, code: "unavailable" },
    { answer: { status: 403, body: "" }, code: "forbidden" },
    { answer: { status: 302, headers: { location: "https://example.com/" }, body: "" }, code: "invalid-response" },
  ])("$answer.status $answer.body is $code", async ({ answer, code, says = "" }) => {
    const { client, call } = await iamAt(() => answer);

    const thrown = await rejection(call({ client, command: new ListUsersCommand({}), schema: users }));

    expect(thrown).toMatchObject({ code, operation: "ListUsers", message: expect.stringContaining(says) });
  });

  it.each([
    { answer: failure(404, "NoSuchEntity"), name: "NoSuchEntity" },
    { answer: failure(404, "NoSuchEntityException"), name: "NoSuchEntity" },
    { answer: failure(404, "NoSuchEntity", "The user with name robin cannot be found."), name: "NoSuchUser" },
    { answer: failure(404, "NoSuchEntity", "Login Profile for User robin cannot be found."), name: "NoSuchEntity" },
    { answer: failure(403, "AccessDenied"), name: "AccessDenied" },
    { answer: failure(403, "AccessDenied", denied), name: "ImplicitDeny" },
    {
      answer: failure(403, "AccessDenied", "x with an explicit deny in an identity-based policy"),
      name: "ExplicitDeny",
    },
  ])("gives back an expected one by its name: $answer.body is $name", async ({ answer, name }) => {
    const { client, call } = await iamAt(() => answer);
    const answered = await call({
      client,
      command: new ListUsersCommand({}),
      schema: users,
      expect: ["NoSuchEntity", "AccessDenied"],
    });

    expect(answered).toMatchObject({ body: null, problem: name });
  });

  it("T12 never repeats what the server says", async () => {
    const words = "canary-words not authorized to perform: iam:Canary-Action on canary";
    const { client, call } = await iamAt(() => failure(403, "AccessDenied", words));

    const thrown = await rejection(call({ client, command: new ListUsersCommand({}), schema: users }));

    expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown)).toLowerCase()).not.toContain("canary");
  });

  it("obeys a wish of the server's", async () => {
    const { client, call } = await iamAt(() => ({ ...failure(400, "Throttling"), headers: { "retry-after": "30" } }));

    const thrown = await rejection(call({ client, command: new ListUsersCommand({}), schema: users }));

    expect(thrown).toMatchObject({ code: "rate-limited", retryAt: new Date(now.getTime() + 30_000) });
  });

  it.each([
    {
      name: "500 with HTML",
      answer: {
        status: 500,
        type: "text/html; charset=utf-8",
        body: "<!doctype html><html lang=en><title>500</title>",
      },
    },
    { name: "InvalidAction", answer: failure(400, "InvalidAction") },
  ])("I16 $name is a kind that this server does not know, where that can be", async ({ answer }) => {
    const { client, call } = await iamAt(() => answer);
    const command = new ListUsersCommand({});

    expect(await rejection(call({ client, command, schema: users, mayBeUnknown: true }))).toMatchObject({
      code: "unsupported",
    });
    expect(await rejection(call({ client, command, schema: users }))).not.toMatchObject({ code: "unsupported" });
  });
});
