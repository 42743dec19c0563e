import {
  CertificateError,
  maxSignedBytes,
  parseStrict,
  predicateType,
  type Statement,
  statementShape,
  statementType,
} from "../certificate/index.ts";

/**
 * Reads the signed bytes as a certificate's statement. Anything else that a key may have signed is refused by its type
 * before its members are looked at.
 *
 * @throws {CertificateError} `statement-type`, or a code of the strict gate or the schema.
 */
export function readStatement(payload: Uint8Array): Statement {
  const value = parseStrict(payload, { maxBytes: maxSignedBytes, maxDepth: 8 }, "payload");
  if (!isCertificateStatement(value)) {
    throw new CertificateError("statement-type", `the signed content is not a ${predicateType}`, "payload");
  }
  return statementShape(value, "payload");
}

function isCertificateStatement(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "_type" in value &&
    value._type === statementType &&
    "predicateType" in value &&
    value.predicateType === predicateType
  );
}
