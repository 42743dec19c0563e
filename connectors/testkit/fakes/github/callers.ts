import { createPublicKey, type KeyObject, randomBytes, verify } from "node:crypto";
import type { Call } from "../../faults/index.ts";
import { refuse } from "./errors.ts";
import type { Permissions, State, Token, User } from "./rows.ts";

/** Who calls, as proven by the `authorization` header. */
export type Caller =
  | { readonly kind: "nobody" }
  /** The app itself, by its JSON Web Token. */
  | { readonly kind: "app" }
  | ({ readonly kind: "installation" } & InstallationToken)
  | { readonly kind: "user"; readonly user: User; readonly token: Token };

export interface InstallationToken {
  readonly token: string;
  readonly permissions: Permissions;
  /** Null: every repository of the installation. */
  readonly repositoryIds: readonly number[] | null;
  readonly expiresAt: number;
}

/** A GitHub App that is installed in the organization. */
export interface App {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  readonly installationId: number;
  /** What the organization granted it. */
  readonly permissions: Permissions;
  readonly publicKey: KeyObject;
}

const hourMs = 3_600_000;

/** The app and the tokens it was given. */
export class Installations {
  #app: App | null = null;
  readonly #tokens = new Map<string, InstallationToken>();

  get app(): App | null {
    return this.#app;
  }

  /** @param publicKey PEM. */
  install(app: Omit<App, "publicKey">, publicKey: string): void {
    this.#app = { ...app, publicKey: createPublicKey(publicKey) };
  }

  /** A token that works for an hour. */
  issue(permissions: Permissions, repositoryIds: readonly number[] | null, now: number): InstallationToken {
    const token = `ghs_${randomBytes(27).toString("base64url").replace(/[-_]/g, "x")}`;
    const issued = { token, permissions, repositoryIds, expiresAt: now + hourMs };
    this.#tokens.set(token, issued);
    return issued;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  find(token: string): InstallationToken | undefined {
    return this.#tokens.get(token);
  }
}

/** Finds out who calls; credentials that are wrong, unknown or over are refused with 401. */
export function callerOf(call: Call, state: State, installations: Installations, now: number): Caller {
  const header = call.headers.authorization;
  if (header === undefined) return { kind: "nobody" };
  const value = /^(?:token|bearer)\s+(\S+)$/i.exec(header)?.[1];
  if (value === undefined) throw refuse.badCredentials();
  if (value.split(".").length === 3 && !value.startsWith("gh")) {
    checkJwt(value, installations.app, now);
    return { kind: "app" };
  }
  const issued = installations.find(value);
  if (issued !== undefined && issued.expiresAt > now) return { kind: "installation", ...issued };
  const token = state.tokens.find((one) => one.value === value);
  const user = state.users.find((one) => one.id === token?.userId);
  if (token === undefined || user === undefined || isExpired(token, now)) throw refuse.badCredentials();
  return { kind: "user", user, token };
}

export function isExpired(token: Token, now: number): boolean {
  return token.expiresAt !== null && token.expiresAt <= now;
}

/**
 * RS256, issued by the app, over within ten minutes. The messages are GitHub's.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function checkJwt(jwt: string, app: App | null, now: number): void {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const { alg } = decoded(head);
  const { iss, iat, exp } = decoded(claims);
  const isSigned =
    app !== null &&
    alg === "RS256" &&
    verify("sha256", Buffer.from(`${head}.${claims}`), app.publicKey, Buffer.from(signature, "base64url"));
  if (!isSigned) throw refuse.jwt("A JSON web token could not be decoded");
  if (String(iss) !== String(app.id) && iss !== app.clientId) {
    throw refuse.jwt("'Issuer' claim ('iss') must be the id of the app or its client id");
  }
  const seconds = now / 1_000;
  if (typeof iat !== "number" || iat > seconds + 1) {
    throw refuse.jwt(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (typeof exp !== "number" || exp <= seconds) {
    throw refuse.jwt(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > seconds + 600) throw refuse.jwt("'Expiration time' claim ('exp') is too far in the future");
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return value !== null && typeof value === "object" ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    throw refuse.jwt("A JSON web token could not be decoded");
  }
}
