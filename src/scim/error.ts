import { CodedError } from "../domain/error.ts";

/**
 * Every refusal of this server, with the status and `scimType` it earns.
 * @see RFC 7644 section 3.12, table 9
 */
const presentation = {
  invalidFilter: { status: 400, scimType: "invalidFilter" },
  invalidSyntax: { status: 400, scimType: "invalidSyntax" },
  invalidPath: { status: 400, scimType: "invalidPath" },
  invalidValue: { status: 400, scimType: "invalidValue" },
  noTarget: { status: 400, scimType: "noTarget" },
  mutability: { status: 400, scimType: "mutability" },
  uniqueness: { status: 409, scimType: "uniqueness" },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  "not-found": { status: 404 },
  "method-not-allowed": { status: 405 },
  "precondition-failed": { status: 412 },
  "too-large": { status: 413 },
  "unsupported-media-type": { status: 415 },
  internal: { status: 500 },
  unavailable: { status: 503 },
} as const satisfies Record<string, { status: number; scimType?: string }>;

export type ScimErrorCode = keyof typeof presentation;

/** A request this server refuses. The message reaches the client: it names attributes, never stored values. */
export class ScimError extends CodedError<ScimErrorCode> {
  override readonly name = "ScimError";

  get status(): number {
    return presentation[this.code].status;
  }
}

export const errorSchemaId = "urn:ietf:params:scim:api:messages:2.0:Error";

/** The JSON body of a refusal. `status` is a string. @see RFC 7644 section 3.12 */
export function presentError(error: ScimError): Readonly<Record<string, unknown>> {
  const entry = presentation[error.code];
  return {
    schemas: [errorSchemaId],
    status: String(entry.status),
    ...("scimType" in entry ? { scimType: entry.scimType } : {}),
    detail: error.message,
  };
}
