import {
  assertBound,
  assertRules,
  CertificateError,
  type CertificateFile,
  commitTo,
  contentsOf,
  parseCertificateFile,
  sha256Hex,
  type Statement,
  type TrustFile,
} from "../certificate/index.ts";
import { openEnvelope } from "./envelope.ts";
import { checkEvidence, type EvidenceLookup } from "./evidence.ts";
import { notProvedBy } from "./not-proved.ts";
import { exitCodes, type Finding, type Genuine, type Report, type Requirement, type Result } from "./report.ts";
import { readStatement } from "./statement.ts";
import { checkKeyValidity, checkKnownTime, compromisedKeys } from "./validity.ts";

/** What the reader knows and asks for. Left out means: not known, not asked. */
export interface VerifyRequest {
  /** Bytes of `certificate.json`. */
  readonly certificate: Uint8Array;
  /** Whose keys count. Never taken from the certificate. Null: everything but the signature is checked. */
  readonly trust: TrustFile | null;
  readonly require?: readonly Requirement[];
  /** Guards against a genuine certificate of somebody or something else. */
  readonly expect?: {
    readonly organization?: string | undefined;
    readonly certificateId?: string | undefined;
    /** `userName` or id of the subject. */
    readonly subject?: string | undefined;
  };
  /** Looks up evidence by lower-case hex SHA-256; null when it is not there. */
  readonly evidence?: EvidenceLookup;
  /** An instant at which the reader knows that the file existed: RFC 3339 UTC with milliseconds. */
  readonly at?: string | null;
  /** Report on a newer certificate, verified with the same trust. */
  readonly newer?: Report;
}

/**
 * Checks a certificate from its bytes and a pinned key: no network, no clock, no environment. Each step relies only on
 * what the steps before it established; only bytes that were verified are parsed.
 */
export function verifyCertificate(request: VerifyRequest): Report {
  try {
    return examine(request);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const { code, where, message } = error;
    return reportOf("invalid", [{ code, where, message }], null);
  }
}

function examine(request: VerifyRequest): Report {
  const file = parseCertificateFile(request.certificate);
  const { payload, pae, keys } = openEnvelope(file.envelope, request.trust);
  const statement = readStatement(payload);
  assertBound(statement, file.records);
  checkSubject(file, statement);
  assertRules(statement, file.records);
  checkExpectations(request, statement, file);
  const evidence = checkEvidence(file.records, request.evidence);
  checkKnownTime(statement, request.at ?? null);
  checkKeyValidity(statement, keys);

  const contents = contentsOf(statement, file.records);
  const certificate: Omit<Genuine, "notProved"> = {
    sha256: sha256Hex(request.certificate),
    paeSha256: sha256Hex(pae),
    statement,
    contents,
    subject: file.subject,
    signedBy: keys,
    level: {
      signature: request.trust === null ? "not-checked" : "checked",
      records: contents.erased === 0 ? "checked" : "some-erased",
      evidence: evidence.level,
      inclusion: "none",
      witness: "none",
      timestamp: "none",
    },
  };
  const findings = [
    ...compromisedKeys(keys, request.at ?? null),
    ...supersession(request, certificate.paeSha256),
    ...shortfalls(request, certificate),
    ...evidence.missing,
  ];
  const notProved = notProvedBy(certificate, request.at ?? null);
  return reportOf(resultOf(findings), findings, { ...certificate, notProved });
}

function checkSubject({ subject }: CertificateFile, { predicate }: Statement): void {
  if (subject !== null && commitTo(subject) !== predicate.subject.commitment) {
    throw new CertificateError("subject-mismatch", "the name in the file is not the one that was signed", "subject");
  }
}

function checkExpectations(
  { expect = {} }: VerifyRequest,
  { predicate }: Statement,
  { subject }: CertificateFile,
): void {
  const { organization, certificateId } = expect;
  if (organization !== undefined && predicate.issuer.org !== organization) {
    throw new CertificateError("other-organization", `issued for ${predicate.issuer.org}`, "predicate.issuer.org");
  }
  if (certificateId !== undefined && predicate.certificateId !== certificateId) {
    throw new CertificateError("other-certificate", `this is ${predicate.certificateId}`, "predicate.certificateId");
  }
  if (expect.subject === undefined || subject === null) return;
  if (subject.userName !== expect.subject && subject.id !== expect.subject) {
    throw new CertificateError("other-subject", `this is about ${subject.userName ?? subject.id}`, "subject");
  }
}

function supersession({ newer }: VerifyRequest, paeSha256: string): Finding[] {
  const replacement = newer?.certificate?.statement.predicate;
  if (replacement === undefined || replacement.supersedes !== paeSha256) return [];
  return [{ code: "superseded", where: "", message: `certificate ${replacement.certificateId} replaces this one` }];
}

function shortfalls(request: VerifyRequest, { subject, contents }: Omit<Genuine, "notProved">): Finding[] {
  const found: Finding[] = [];
  if (request.trust === null) {
    found.push({ code: "trust-missing", where: "", message: "no trust file was given" });
  }
  if (contents.erased > 0) {
    const message = `${contents.erased} records are erased; what they said cannot be counted again`;
    found.push({ code: "records-erased", where: "records", message });
  }
  if (request.expect?.subject !== undefined && subject === null) {
    found.push({
      code: "subject-erased",
      where: "subject",
      message: "its subject is erased, so it cannot be compared",
    });
  }
  for (const required of new Set(request.require)) {
    found.push({ code: `${required}-missing`, where: "", message: `it carries no ${nameOf[required]}` });
  }
  return found;
}

const nameOf = { inclusion: "log proof", witness: "witness signature", timestamp: "time stamp" } as const;

function resultOf(findings: readonly Finding[]): Result {
  const has = (code: Finding["code"]) => findings.some((finding) => finding.code === code);
  if (has("key-compromised")) return "key-compromised";
  if (has("superseded")) return "superseded";
  if (has("trust-missing")) return "signature-not-checked";
  return findings.length === 0 ? "valid" : "below-requirement";
}

function reportOf(result: Result, findings: readonly Finding[], certificate: Genuine | null): Report {
  return { result, exitCode: exitCodes[result], findings, certificate };
}
