import { z } from "zod";

/** Speaks SCIM as Okta does. @see https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/ */
export interface IdentityProvider {
  /** @returns the id that the server gave. */
  create(person: Person): Promise<string>;
  deactivate(id: string): Promise<{ status: number; active: boolean; tookMs: number }>;
}

interface Person {
  externalId: string;
  userName: string;
  givenName: string;
  familyName: string;
}

const user = z.looseObject({ id: z.string(), active: z.boolean() });

export function createIdentityProvider({ url, token }: { url: string; token: string }): IdentityProvider {
  async function send(
    method: "POST" | "PATCH",
    path: string,
    body: unknown,
  ): Promise<{ status: number; json: unknown }> {
    const reply = await fetch(`${url}/scim/v2${path}`, {
      method,
      signal: AbortSignal.timeout(20_000),
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/scim+json",
        accept: "application/scim+json",
      },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`SCIM ${method} ${path} answered ${reply.status}: ${text.slice(0, 300)}`);
    return { status: reply.status, json: text === "" ? null : (JSON.parse(text) as unknown) };
  }

  return {
    async create({ externalId, userName, givenName, familyName }) {
      const { json } = await send("POST", "/Users", {
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        externalId,
        userName,
        name: { givenName, familyName },
        displayName: `${givenName} ${familyName}`,
        emails: [{ primary: true, value: userName, type: "work" }],
        active: true,
      });
      return user.parse(json).id;
    },
    async deactivate(id) {
      const startedAt = performance.now();
      const { status, json } = await send("PATCH", `/Users/${encodeURIComponent(id)}`, {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", value: { active: false } }],
      });
      return { status, active: user.parse(json).active, tookMs: performance.now() - startedAt };
    },
  };
}
