import { createHash, timingSafeEqual } from "node:crypto";
import type { Dialect } from "../dialect.ts";
import { ScimError } from "../error.ts";

/** Who speaks: the token names the source. */
export interface ScimSource {
  readonly name: string;
  readonly dialect: Dialect;
  /** Takes the token without the word Bearer, for clients that send a custom header value. */
  readonly bareToken: boolean;
}

/** The source a token belongs to; null for a token that is not live. */
export type Authenticate = (token: string) => Promise<ScimSource | null>;

export interface AuthenticatorDeps {
  /** Sources with the tokens the configuration gives them. */
  readonly sources: readonly (ScimSource & { readonly tokens: readonly string[] })[];
  /** The name of the source for which a token was minted and stored by its digest; null when it is not live. */
  readonly findMinted: (token: string) => Promise<string | null>;
}

/**
 * Finds the source of a token by its SHA-256. Every configured digest is compared in constant time and none is left out,
 * so the time taken tells nothing (trust T22).
 */
export function createAuthenticator({ sources, findMinted }: AuthenticatorDeps): Authenticate {
  const configured = sources.flatMap((source) => source.tokens.map((token) => ({ source, digest: digestOf(token) })));
  return async (token) => {
    const digest = digestOf(token);
    const matching = configured.filter((candidate) => timingSafeEqual(candidate.digest, digest));
    const known = matching[0]?.source;
    if (known !== undefined) return known;
    const name = await findMinted(token);
    return sources.find((source) => source.name === name) ?? null;
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/**
 * @param authorization the `Authorization` header.
 * @throws {ScimError} `unauthorized`, the same for a missing, malformed and unknown token.
 * @see RFC 6750 section 2.1
 */
export async function requireSource(
  authorization: string | undefined,
  authenticate: Authenticate,
): Promise<ScimSource> {
  const [, scheme, token] = /^(?:(Bearer) +)?([!-~]{1,1024}) *$/i.exec(authorization ?? "") ?? [];
  const source = token === undefined ? null : await authenticate(token);
  if (source === null || (scheme === undefined && !source.bareToken)) {
    throw new ScimError("unauthorized", "A bearer token of a configured source is required");
  }
  return source;
}
