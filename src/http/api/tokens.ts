import { z } from "zod";
import { listTokens, tokenRoles } from "../../store/tokens.ts";
import { endToken, mintApiToken } from "../actions/tokens.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { tokenView, tokenViewOf } from "../views/reference.ts";
import { id, pageView } from "../views/shared.ts";

const tokenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must be 1 to 63 of a-z, 0-9, dot, dash and underscore")
  .describe("As audit names it; both tokens of a rotation share it");
const expiresAt = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) > Date.now(), "must lie in the future")
  .optional()
  .describe("Left out: until revoked");

/** Tokens: API tokens with a role, source tokens that speak for a source. */
export function tokenEndpoints(deps: HttpDeps): Endpoint[] {
  return [
    endpoint(
      {
        id: "listTokens",
        method: "get",
        path: "/tokens",
        summary: "All tokens, without their values",
        tag: "tokens",
        role: "admin",
        success: { status: 200, description: "Tokens", schema: pageView(tokenView) },
      },
      async () => ({ json: { items: (await listTokens(deps.pool)).map(tokenViewOf), next: null } }),
    ),
    endpoint(
      {
        id: "createToken",
        method: "post",
        path: "/tokens",
        summary: "Mint a token; its value is shown once, here",
        description: "Two tokens of one name may live at once, so that one can be replaced without an outage.",
        tag: "tokens",
        role: "admin",
        body: z.discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("api"), name: tokenName, role: z.enum(tokenRoles), expiresAt }),
          z.strictObject({ kind: z.literal("source"), name: tokenName, source: z.string().max(100), expiresAt }),
        ]),
        success: {
          status: 201,
          description: "The token with its value",
          schema: tokenView.extend({ value: z.string() }).meta({ id: "NewToken" }),
        },
        problems: ["too-many-tokens"],
      },
      async ({ body, actor }) => {
        const expires = body.expiresAt === undefined ? null : new Date(body.expiresAt);
        const { record, value } = await mintApiToken({ ...body, expiresAt: expires }, actor, deps);
        return { json: { ...tokenViewOf(record), value } };
      },
    ),
    endpoint(
      {
        id: "revokeToken",
        method: "delete",
        path: "/tokens/{tokenId}",
        summary: "Revoke a token, and the sessions it opened",
        tag: "tokens",
        role: "admin",
        params: z.strictObject({ tokenId: id }),
        success: { status: 204, description: "Revoked" },
        problems: ["last-admin"],
      },
      async ({ params, actor }) => {
        await endToken(params.tokenId, actor, deps);
        return { empty: true };
      },
    ),
  ];
}
