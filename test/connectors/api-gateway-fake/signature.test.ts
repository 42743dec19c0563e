import {
  APIGatewayClient,
  CreateApiKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetTagsCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-api-gateway";
import { CreateUserCommand, IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import type { SignedRequest } from "../../../connectors/testkit/aws/canonical-request.ts";
import { verifySignature } from "../../../connectors/testkit/aws/signature.ts";
import { capture } from "./captured.ts";

const long = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const session = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "session/secret+EXAMPLE",
  sessionToken: "tok/en==",
};

/** Knows the two keys above, the second with its token only. */
function secretOf(accessKeyId: string, sessionToken: string | null): string | null {
  if (accessKeyId === long.accessKeyId && sessionToken === null) return long.secretAccessKey;
  const isSession = accessKeyId === session.accessKeyId && sessionToken === session.sessionToken;
  return isSession ? session.secretAccessKey : null;
}

type Credentials = typeof long | typeof session;
const gateway = (endpoint: string, credentials: Credentials = long, systemClockOffset = 0) =>
  new APIGatewayClient({ endpoint, region: "eu-central-1", credentials, maxAttempts: 1, systemClockOffset });
const iam = (endpoint: string, credentials: Credentials = long) =>
  new IAMClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });

const atGateway = () => ({ service: "apigateway", region: "eu-central-1", now: Date.now() });
const arn = "arn:aws:apigateway:eu-central-1::/apikeys/abcdefghij";

/** A call whose every part is signed: method, path, query, headers and body. */
const full = (endpoint: string) =>
  gateway(endpoint).send(new CreateApiKeyCommand({ name: "robin.sample", tags: { owner: "robin.sample" } }));

describe("requests as the vendor's own SDK signs them", () => {
  it.each<{ name: string; send: (endpoint: string) => Promise<unknown>; service: string; region?: string }>([
    { name: "GET without anything", send: (to) => gateway(to).send(new GetApiKeysCommand({})), service: "apigateway" },
    {
      name: "a query with characters to encode",
      send: (to) =>
        gateway(to).send(new GetApiKeysCommand({ nameQuery: "ö b+c/d&e=f~g*h'(i)!", limit: 500, position: "a==" })),
      service: "apigateway",
    },
    {
      name: "a query name that comes twice",
      send: (to) => gateway(to).send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ["team", "owner", "a b"] })),
      service: "apigateway",
    },
    {
      name: "a path that is encoded already",
      send: (to) => gateway(to).send(new GetTagsCommand({ resourceArn: arn })),
      service: "apigateway",
    },
    {
      name: "a path with odd characters",
      send: (to) => gateway(to).send(new GetApiKeyCommand({ apiKey: "ä b/c%41;d..'(e)*", includeValue: true })),
      service: "apigateway",
    },
    { name: "a JSON body", send: full, service: "apigateway", region: "eu-central-1" },
    {
      name: "a session",
      send: (to) => gateway(to, session).send(new GetApiKeysCommand({})),
      service: "apigateway",
      region: "eu-central-1",
    },
    {
      name: "the Query protocol",
      send: (to) => iam(to).send(new ListUsersCommand({ Marker: "a+b=" })),
      service: "iam",
    },
    {
      name: "the Query protocol with a session",
      send: (to) => iam(to, session).send(new CreateUserCommand({ UserName: "robin.sample", Path: "/é/" })),
      service: "iam",
      region: "us-east-1",
    },
  ])("$name", async ({ send, service, region }) => {
    const request = await capture(send);

    const checked = verifySignature(request, secretOf, {
      service,
      now: Date.now(),
      ...(region === undefined ? {} : { region }),
    });

    expect(checked).toMatchObject({ ok: true });
  });

  it("names the key and the token that signed", async () => {
    const request = await capture((to) => gateway(to, session).send(new GetApiKeysCommand({})));

    expect(verifySignature(request, secretOf, atGateway())).toEqual({
      ok: true,
      accessKeyId: session.accessKeyId,
      sessionToken: session.sessionToken,
    });
  });
});

describe("the worked example of AWS's documentation", () => {
  it("IAM ListUsers over GET", () => {
    const request: SignedRequest = {
      method: "GET",
      path: "/",
      query: new URLSearchParams("Action=ListUsers&Version=2010-05-08"),
      headers: {
        host: "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20150830T123600Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
      },
      body: Buffer.alloc(0),
    };
    const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    const checked = verifySignature(request, () => secret, { service: "iam", now: Date.UTC(2015, 7, 30, 12, 36) });

    expect(checked).toMatchObject({ ok: true, accessKeyId: "AKIDEXAMPLE" });
  });
});

describe("a byte that is not the one that was signed", () => {
  it("any of body, path, query, signed headers or signature", async () => {
    const body = await capture(full);
    const query = await capture((to) => gateway(to).send(new GetApiKeysCommand({ nameQuery: "robin", limit: 5 })));
    const { signedHeaders, changed } = variantsOf(body);
    const more = [
      { ...query, query: new URLSearchParams("name=robin&limit=6") },
      { ...query, query: new URLSearchParams("name=robin") },
      { ...query, query: new URLSearchParams("name=robin&limit=5&limit=5") },
      { ...query, query: new URLSearchParams("name=rob%69n&limit=5&a=") },
      { ...query, path: "/apikeys/x" },
      { ...query, path: "/apikeys/" },
      { ...query, method: "DELETE" },
    ];

    const codes = [...changed, ...more].map((one) => codeOf(one));

    expect(signedHeaders).toEqual(expect.arrayContaining(["host", "x-amz-date", "x-amz-content-sha256"]));
    expect(codes.length).toBeGreaterThan(300);
    expect(codes.filter((code) => code === "ok")).toEqual([]);
    expect([codeOf(body), codeOf(query)]).toEqual(["ok", "ok"]);
  });
});

describe("signatures that do not count", () => {
  const edit = (request: SignedRequest, headers: Readonly<Record<string, string | undefined>>): SignedRequest => ({
    ...request,
    headers: Object.fromEntries(
      Object.entries({ ...request.headers, ...headers }).filter(([, value]) => value !== undefined),
    ),
  });
  const authorizationWith = (request: SignedRequest, from: RegExp | string, to: string) =>
    edit(request, { authorization: (request.headers.authorization ?? "").replace(from, to) });

  it.each<{ name: string; change: (request: SignedRequest) => SignedRequest; code: string }>([
    { name: "none", change: (one) => edit(one, { authorization: undefined }), code: "MissingAuthenticationToken" },
    { name: "another scheme", change: (one) => edit(one, { authorization: "Bearer x" }), code: "IncompleteSignature" },
    {
      name: "no signature",
      change: (one) => authorizationWith(one, /, Signature=.*/, ""),
      code: "IncompleteSignature",
    },
    {
      name: "no signed headers",
      change: (one) => authorizationWith(one, /SignedHeaders=[^,]*,/, ""),
      code: "IncompleteSignature",
    },
    {
      name: "a scope with a part too few",
      change: (one) => authorizationWith(one, "/apigateway/", "/"),
      code: "IncompleteSignature",
    },
    { name: "no date", change: (one) => edit(one, { "x-amz-date": undefined }), code: "IncompleteSignature" },
    { name: "a date of no form", change: (one) => edit(one, { "x-amz-date": "today" }), code: "IncompleteSignature" },
    {
      name: "an unknown key",
      change: (one) => authorizationWith(one, "AKIAIOSFODNN7EXAMPLE", "AKIAUNKNOWN"),
      code: "InvalidClientTokenId",
    },
    {
      name: "a token that was added and not signed",
      change: (one) => edit(one, { "x-amz-security-token": "tok/en==" }),
      code: "InvalidClientTokenId",
    },
    {
      name: "a header of AWS's own that was added and not signed",
      change: (one) => edit(one, { "x-amz-target": "Other" }),
      code: "SignatureDoesNotMatch",
    },
    {
      name: "a host that is not among the signed headers",
      change: (one) => authorizationWith(one, ";host;", ";"),
      code: "SignatureDoesNotMatch",
    },
    {
      name: "a body hash left unsigned, as S3 would take",
      change: (one) => edit(one, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
      code: "SignatureDoesNotMatch",
    },
    {
      name: "another region",
      change: (one) => authorizationWith(one, "/eu-central-1/", "/us-east-1/"),
      code: "SignatureDoesNotMatch",
    },
    {
      name: "another service",
      change: (one) => authorizationWith(one, "/apigateway/", "/iam/"),
      code: "SignatureDoesNotMatch",
    },
  ])("$name: $code", async ({ change, code }) => {
    const request = await capture(full);

    expect(codeOf(change(request))).toBe(code);
  });

  it.each([
    { name: "fourteen minutes old", offsetMs: -14 * 60_000, code: "ok" },
    { name: "fourteen minutes early", offsetMs: 14 * 60_000, code: "ok" },
    { name: "sixteen minutes old", offsetMs: -16 * 60_000, code: "RequestExpired" },
    { name: "sixteen minutes early", offsetMs: 16 * 60_000, code: "RequestExpired" },
  ])("$name: $code", async ({ offsetMs, code }) => {
    const request = await capture((to) => gateway(to, long, offsetMs).send(new GetApiKeysCommand({})));

    expect(codeOf(request)).toBe(code);
  });

  it("a session without its token, and one with a token that was not signed with it", async () => {
    const request = await capture((to) => gateway(to, session).send(new GetApiKeysCommand({})));
    const unsigned = authorizationWith(request, "x-amz-security-token", "");

    expect(codeOf(edit(request, { "x-amz-security-token": undefined }))).toBe("InvalidClientTokenId");
    expect(codeOf(authorizationWith(request, /;x-amz-security-token/, ""))).toBe("SignatureDoesNotMatch");
    expect(codeOf(unsigned)).not.toBe("ok");
  });
});

function codeOf(request: SignedRequest): string {
  const checked = verifySignature(request, secretOf, atGateway());
  return checked.ok ? "ok" : checked.code;
}

/** The request with one bit flipped, in each byte of its body, path, signed header values and signature in turn. */
function variantsOf(request: SignedRequest): { signedHeaders: readonly string[]; changed: readonly SignedRequest[] } {
  const { authorization = "" } = request.headers;
  const signedHeaders = (/SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "").split(";");
  const flips = (text: string): string[] =>
    Array.from(text, (one, at) => text.slice(0, at) + String.fromCharCode(one.charCodeAt(0) ^ 1) + text.slice(at + 1));
  const signature = authorization.slice(-64);
  const changed = [
    ...flips(request.body.toString("latin1")).map((body) => ({ ...request, body: Buffer.from(body, "latin1") })),
    ...flips(request.path).map((path) => ({ ...request, path })),
    ...signedHeaders.flatMap((name) =>
      flips(String(request.headers[name])).map((value) => ({
        ...request,
        headers: { ...request.headers, [name]: value },
      })),
    ),
    ...flips(signature).map((other) => ({
      ...request,
      headers: { ...request.headers, authorization: authorization.slice(0, -64) + other },
    })),
  ];
  return { signedHeaders, changed };
}
