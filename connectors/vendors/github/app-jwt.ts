import { createPrivateKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Secret } from "../../contract/secret.ts";

/** GitHub asks for a minute of leeway behind our clock, and takes ten minutes of life at most. */
const backdatedS = 60;
const lifetimeS = 9 * 60;

/**
 * The private key of an App. An environment variable often carries its line breaks as `\n`.
 * @throws {TypeError} when it is no RSA private key in PEM; the message quotes nothing of it.
 */
export function privateKeyOf(pem: Secret): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.reveal().replaceAll("\\n", "\n"));
  } catch {
    throw new TypeError("not a private key in PEM");
  }
  if (key.asymmetricKeyType !== "rsa") throw new TypeError("not an RSA private key");
  return key;
}

/**
 * Proof that we are the App: a JSON Web Token, RS256.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function appJwt(appId: number, key: KeyObject, now: Date): string {
  const issuedS = Math.floor(now.getTime() / 1_000) - backdatedS;
  const claims = { iat: issuedS, exp: issuedS + backdatedS + lifetimeS, iss: String(appId) };
  const signed = `${base64url({ alg: "RS256", typ: "JWT" })}.${base64url(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
