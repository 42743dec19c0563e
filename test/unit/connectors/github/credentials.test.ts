import { createVerify } from "node:crypto";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import { Secret } from "../../../../connectors/contract/secret.ts";
import { json, now, rejection, serve } from "../contract/support.ts";
import type { TestServer } from "../contract/support.ts";
import { appKey, appKeys, openAt } from "./support.ts";

const request = { operation: "getThing", route: "GET /thing", schema: z.object({}) };
const asApp = {
  settings: { appId: 7, installationId: 8 },
  secrets: { privateKey: new Secret(appKey) },
};

let server: TestServer;
let minted: number;
let mint: (response: ServerResponse) => void;

beforeEach(async () => {
  minted = 0;
  mint = (response) =>
    json(
      response,
      {
        token: `ghs_canary_${minted}`,
        expires_at: new Date(now.getTime() + 3_600_000).toISOString().replace(".000Z", "Z"),
        permissions: { members: "read", contents: "read" },
        repository_selection: "all",
      },
      201,
    );
  server = await serve((incoming, response) => {
    if (!incoming.url?.includes("/access_tokens")) return json(response, {});
    minted += 1;
    return mint(response);
  });
});

afterEach(() => server.close());

describe("an App's credential", () => {
  it("is minted once, is a read, and goes with every call", async () => {
    const { github, close } = await openAt(server.origin, { ...asApp, ports: { access: "read" } });

    await github.send(request);
    await github.send(request);

    expect(server.seen).toEqual(["POST /app/installations/8/access_tokens", "GET /thing", "GET /thing"]);
    expect(server.requests[2]?.headers.authorization).toBe("Bearer ghs_canary_1");
    await close();
  });

  it("is asked for by a JWT that GitHub's rules allow", async () => {
    const { github, close } = await openAt(server.origin, asApp);

    await github.send(request);

    const jwt = server.requests[0]?.headers.authorization?.slice("Bearer ".length) ?? "";
    const [header = "", claims = "", signature = ""] = jwt.split(".");
    const verify = createVerify("sha256").update(`${header}.${claims}`);
    expect(verify.verify(appKeys.publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({ alg: "RS256", typ: "JWT" });
    const nowS = now.getTime() / 1_000;
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
      iat: nowS - 60,
      exp: nowS + 540,
      iss: "7",
    });
    await close();
  });

  it("tells what the installation was given", async () => {
    const { github, close } = await openAt(server.origin, asApp);

    const given = github.credential.kind === "app" ? await github.credential.installation() : null;

    expect(given).toMatchObject({ permissions: { members: "read" }, allRepositories: true });
    await close();
  });

  it("is minted anew shortly before it expires", async () => {
    let at = now;
    const { github, close } = await openAt(server.origin, { ...asApp, clock: () => at });

    await github.send(request);
    at = new Date(now.getTime() + 54 * 60_000);
    await github.send(request);
    at = new Date(now.getTime() + 56 * 60_000);
    await github.send(request);

    expect(minted).toBe(2);
    await close();
  });

  it("is tried again after it could not be had", async () => {
    const honest = mint;
    mint = (response) => json(response, {}, 503);
    const { github, close } = await openAt(server.origin, asApp);

    expect(await rejection(github.send(request))).toMatchObject({ code: "unavailable" });
    mint = honest;
    expect((await github.send(request)).status).toBe(200);
    await close();
  });

  it("T12 appears in no evidence, and the redactor knows it", async () => {
    const { github, exchanges, redactor, close } = await openAt(server.origin, asApp);

    await github.send(request);

    const evidence = exchanges.map(({ bytes }) => Buffer.from(bytes).toString()).join();
    expect(evidence).not.toContain("canary");
    expect(evidence).not.toContain("eyJ");
    expect(redactor.redact("ghs_canary_1")).toBe("[redacted]");
    await close();
  });

  it("is not had for an installation that is not ours", async () => {
    mint = (response) => json(response, { message: "Not Found" }, 404);
    const { github, close } = await openAt(server.origin, asApp);

    expect(await rejection(github.send(request))).toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("installation 8"),
    });
    await close();
  });

  it("is found with the key's line breaks spelled out", async () => {
    const privateKey = new Secret(appKey.replaceAll("\n", "\\n"));
    const { github, close } = await openAt(server.origin, { ...asApp, secrets: { privateKey } });

    expect((await github.send(request)).status).toBe(200);
    await close();
  });

  it("T12 is not had with a key that is none, of which nothing is told", async () => {
    const privateKey = new Secret("-----BEGIN canary-----");
    const { github, close } = await openAt(server.origin, { ...asApp, secrets: { privateKey } });

    const failure = await rejection(github.send(request));

    expect(failure).toMatchObject({ code: "unauthorized", message: expect.stringContaining("secrets.privateKey") });
    expect(String(failure)).not.toContain("canary");
    expect(server.seen).toEqual([]);
    await close();
  });
});

describe("what is configured", () => {
  it.each([
    { name: "nothing", settings: {}, secrets: {} },
    { name: "an App without its key", settings: asApp.settings, secrets: {} },
    { name: "a key without an App", settings: {}, secrets: asApp.secrets },
    { name: "an App and a token", settings: asApp.settings, secrets: { ...asApp.secrets, token: new Secret("t") } },
    { name: "an App's ids and a token", settings: asApp.settings, secrets: { token: new Secret("t") } },
  ])("is refused when it is $name", async ({ settings, secrets }) => {
    expect(await rejection(openAt(server.origin, { settings, secrets }))).toMatchObject({ code: "unauthorized" });
  });
});
