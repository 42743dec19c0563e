import type { ConnectorErrorCode } from "../../contract/error.ts";
import type { SdkFailure, WireAnswer } from "../../contract/http.ts";
import { GraphqlRefusal, readGraphqlRefusal } from "./graphql-refusal.ts";
import { missingPermissionOf } from "./missing-permission.ts";
import { throttledUntil } from "./throttling.ts";

/**
 * What a failure of Octokit means; null leaves it to the status. Throttling comes first: an expected 403 may be one.
 * GitHub's own words are only ever recognised, never passed on.
 *
 * @param expect statuses that are answers rather than errors.
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function readGithubFailure(
  thrown: unknown,
  answer: Pick<WireAnswer, "status" | "headers">,
  { expect, now }: { expect: readonly number[]; now: Date },
): SdkFailure | null {
  const { status, headers } = answer;
  if (thrown instanceof GraphqlRefusal) return readGraphqlRefusal(thrown, answer, now);
  const words = wordsOf(thrown);
  const retryAt = throttledUntil(answer, words, now);
  if (retryAt !== null) return { kind: "failed", code: "rate-limited", meaning: "asked to slow down", retryAt };
  if (expect.includes(status)) return { kind: "expected", name: String(status) };
  if (status === 403) return refusalOf(words, headers);
  if (status === 410) return { kind: "failed", code: "unsupported", meaning: "no longer offers this" };
  if (status === 422) return { kind: "failed", code: "bad-request", meaning: "does not accept this request" };
  return null;
}

interface Refusal {
  when: RegExp;
  code: ConnectorErrorCode;
  meaning: string;
}

/** Refusals that are no lack of a permission. */
const refusals: readonly Refusal[] = [
  {
    when: /SAML (enforcement|SSO)/i,
    code: "unauthorized",
    meaning: "asks for single sign-on: authorize our token for the organization",
  },
  { when: /IP allow list/i, code: "unauthorized", meaning: "keeps an IP allow list that our address is not on" },
  { when: /installation has been suspended/i, code: "unauthorized", meaning: "has our App's installation suspended" },
  {
    when: /externally managed|external group|team synchroni[sz]ation/i,
    code: "conflict",
    meaning: "keeps the members of this team in the identity provider: they leave it there, or with the organization",
  },
  {
    when: /repository was archived/i,
    code: "bad-request",
    meaning: "keeps this repository archived and read-only: a person has to unarchive it first",
  },
];

function refusalOf(words: string, headers: Readonly<Record<string, string>>): SdkFailure {
  const wantsSso = /^required\b/i.test(headers["x-github-sso"] ?? "");
  const known = refusals.find(({ when }) => when.test(wantsSso ? "SAML SSO" : words));
  if (known !== undefined) return { kind: "failed", code: known.code, meaning: known.meaning };
  const missing = missingPermissionOf(headers);
  const needs = missing === null ? "" : `: it needs ${missing}`;
  return { kind: "failed", code: "forbidden", meaning: `does not permit this to our credential${needs}` };
}

/** `message` of GitHub's error, as Octokit's RequestError carries it. */
function wordsOf(thrown: unknown): string {
  const data = fieldOf(fieldOf(thrown, "response"), "data");
  const message = typeof data === "string" ? data : fieldOf(data, "message");
  return typeof message === "string" ? message.slice(0, 2_000) : "";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
