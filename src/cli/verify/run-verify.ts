import { CertificateError, parseTrustFile, type TrustFile, trustFingerprint } from "../../certificate/index.ts";
import { type Report, verifyCertificate } from "../../verifier/index.ts";
import { evidenceIn, readInput } from "./files.ts";
import { parseAt, parseRequire, UsageError, type VerifyOptions } from "./options.ts";
import { renderReport } from "./render.ts";
import { visible } from "./layout.ts";

export interface VerifyIo {
  /** Standard output. */
  write(text: string): void;
  /** Standard error. */
  writeError(text: string): void;
}

const usageExitCode = 2;

/**
 * `lastday verify`: reads the files that are named and nothing else.
 * @returns the exit code: 0 valid; 1 invalid; 2 usage or a missing file; 3 genuine but below what was required, or no
 *   trust given; 4 superseded or key compromised.
 */
export function runVerify(options: VerifyOptions, io: VerifyIo): number {
  try {
    const trust = options.trust === undefined ? null : readTrust(options.trust);
    const report = verify(options, trust);
    io.write(options.json === true ? renderJson(report, trust) : renderReport(report, trust));
    return report.exitCode;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.writeError(`${visible(error.message)}\n`);
    return usageExitCode;
  }
}

function verify(options: VerifyOptions, trust: TrustFile | null): Report {
  const request = {
    certificate: readInput(options.certificate),
    trust,
    require: parseRequire(options.require),
    at: parseAt(options.at),
    expect: {
      organization: options.expectOrg,
      certificateId: options.expectCertificate,
      subject: options.expectSubject,
    },
    ...(options.evidence === undefined ? {} : { evidence: evidenceIn(options.evidence) }),
  };
  if (options.newer === undefined) return verifyCertificate(request);
  if (trust === null) throw new UsageError("--newer: needs --trust, else anybody could replace the certificate");
  const newer = verifyCertificate({ certificate: readInput(options.newer), trust });
  if (newer.certificate === null || newer.result === "key-compromised") {
    throw new UsageError(`--newer: ${options.newer} is itself not valid: ${newer.findings[0]?.code ?? newer.result}`);
  }
  return verifyCertificate({ ...request, newer });
}

function readTrust(path: string): TrustFile {
  try {
    return parseTrustFile(readInput(path));
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new UsageError(`--trust: ${path}: ${error.code}: ${error.message}`, { cause: error });
  }
}

function renderJson(report: Report, trust: TrustFile | null): string {
  const pinned = trust && { organization: trust.organization, fingerprint: trustFingerprint(trust) };
  return `${JSON.stringify({ ...report, trust: pinned }, null, 2)}\n`;
}
