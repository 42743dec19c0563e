import { certificateMediaType } from "../../certificate/index.ts";
import { findCaseRow } from "../../store/views/cases.ts";
import { findCertificate, latestFinal } from "../../store/views/certificates.ts";
import type { HttpDeps } from "../deps.ts";
import type { Reply } from "../operation.ts";
import { notFound, Problem } from "../problem.ts";

/**
 * The certificate that speaks for a case: the latest final one; while there is none, an interim one signed now over what
 * is known now.
 * @throws {Problem} `not-found`, `body-erased`.
 */
export async function caseCertificate(caseId: string, deps: HttpDeps): Promise<Reply> {
  if ((await findCaseRow(deps.pool, caseId)) === null) throw notFound();
  const certificateId = (await latestFinal(deps.pool, caseId)) ?? (await deps.issueInterim(caseId)).certificateId;
  return await certificateFile(certificateId, deps);
}

/** A certificate's file, byte for byte as it was issued. @throws {Problem} `not-found`, `body-erased`. */
export async function certificateFile(id: string, deps: HttpDeps): Promise<Reply> {
  const found = await findCertificate(deps.pool, id);
  if (found === null) throw notFound();
  if (found.body === null)
    throw new Problem("body-erased", "The file was erased with the person's data; its digest remains.");
  return {
    bytes: found.body,
    type: certificateMediaType,
    headers: {
      etag: `"${found.sha256}"`,
      "cache-control": "private, no-cache",
      "content-disposition": `attachment; filename="lastday-${found.kind}-${found.id}.json"`,
      "x-lastday-certificate": found.id,
      "x-lastday-certificate-kind": found.kind,
    },
  };
}
