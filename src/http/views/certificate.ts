import { z } from "zod";
import type { CertificateRow } from "../../store/views/certificates.ts";
import { id, instant, iso, sha256 } from "./shared.ts";

export const certificateView = z
  .strictObject({
    id,
    caseId: id,
    run: z.int(),
    kind: z.string().describe("`interim`, `final` or `closing`"),
    outcome: z.string(),
    keyid: z.string(),
    sha256: sha256.describe("Of the file as it was issued"),
    supersedes: id.nullable(),
    supersededBy: id.nullable(),
    issuedAt: instant,
  })
  .meta({ id: "Certificate", description: "A certificate, without its file" });

export type CertificateView = z.output<typeof certificateView>;

export function certificateViewOf({ runNo, issuedAt, ...row }: CertificateRow): CertificateView {
  return { ...row, run: runNo, issuedAt: iso(issuedAt) };
}
