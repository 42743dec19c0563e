import { z } from "zod";
import { listCertificateRows } from "../../store/views/certificates.ts";
import { findPreview, readTargetHealth } from "../../store/views/reference.ts";
import { countUnsealed, listSealedAudit } from "../../store/views/sealed-audit.ts";
import { certificateFile } from "../actions/case-certificate.ts";
import { startPreview } from "../actions/preview.ts";
import { decodeCursor, pageOf, pageQuery } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { notFound } from "../problem.ts";
import { certificateView, certificateViewOf } from "../views/certificate.ts";
import {
  auditView,
  auditViewOf,
  previewView,
  previewViewOf,
  targetHealthView,
  targetHealthViewOf,
} from "../views/reference.ts";
import { id, pageView } from "../views/shared.ts";
import { personKey, personKeyOf } from "./fields.ts";

/** Certificates, previews, targets and the audit. */
export function recordEndpoints(deps: HttpDeps): Endpoint[] {
  return [
    endpoint(
      {
        id: "listCertificates",
        method: "get",
        path: "/certificates",
        summary: "Certificates, newest first",
        tag: "certificates",
        role: "viewer",
        query: z.strictObject({ kind: z.enum(["interim", "final", "closing"]).optional(), ...pageQuery }),
        success: { status: 200, description: "A page of certificates", schema: pageView(certificateView) },
        problems: ["invalid-cursor"],
      },
      async ({ query }) => {
        const rows = await listCertificateRows(deps.pool, {
          caseId: null,
          kind: query.kind ?? null,
          after: decodeCursor(query.cursor),
          limit: query.limit + 1,
        });
        const page = pageOf(rows, query.limit, (row) => ({ at: row.issuedAt, id: row.id }));
        return { json: { items: page.items.map(certificateViewOf), next: page.next } };
      },
    ),
    endpoint(
      {
        id: "getCertificate",
        method: "get",
        path: "/certificates/{certificateId}",
        summary: "A certificate, as the file that was issued",
        tag: "certificates",
        role: "viewer",
        params: z.strictObject({ certificateId: id }),
        success: { status: 200, description: "The certificate file", contentType: "application/json" },
        problems: ["body-erased"],
      },
      async ({ params }) => await certificateFile(params.certificateId, deps),
    ),
    endpoint(
      {
        id: "startPreview",
        method: "post",
        path: "/previews",
        summary: "Ask what offboarding a person would find",
        description:
          "Resolves and discovers at every target in observe mode. Nothing is written and no case is opened.",
        tag: "previews",
        role: "operator",
        body: z.strictObject(personKey).refine(...personKeyOf.exactlyOne),
        success: { status: 202, description: "The preview; read it again until it is finished", schema: previewView },
        problems: ["unknown-person", "ambiguous-person"],
      },
      async ({ body, actor }) => {
        const previewId = await startPreview(personKeyOf(body), actor, deps);
        const row = await findPreview(deps.pool, previewId);
        if (row === null) throw notFound();
        return { json: previewViewOf(row), location: `${deps.basePath}/api/v1/previews/${previewId}` };
      },
    ),
    endpoint(
      {
        id: "getPreview",
        method: "get",
        path: "/previews/{previewId}",
        summary: "A preview and what it has found so far",
        tag: "previews",
        role: "viewer",
        params: z.strictObject({ previewId: id }),
        success: { status: 200, description: "The preview", schema: previewView },
      },
      async ({ params }) => {
        const row = await findPreview(deps.pool, params.previewId);
        if (row === null) throw notFound();
        return { json: previewViewOf(row) };
      },
    ),
    endpoint(
      {
        id: "listTargets",
        method: "get",
        path: "/targets",
        summary: "The configured targets and how they do",
        tag: "targets",
        role: "viewer",
        success: { status: 200, description: "Targets", schema: pageView(targetHealthView) },
      },
      async () => {
        const health = new Map((await readTargetHealth(deps.pool)).map((row) => [row.target, row]));
        const items = deps.targets().map((target) => targetHealthViewOf(target, health.get(target.name)));
        return { json: { items, next: null } };
      },
    ),
    endpoint(
      {
        id: "listAudit",
        method: "get",
        path: "/audit",
        summary: "The sealed audit chain, newest first",
        tag: "audit",
        role: "auditor",
        query: z.strictObject({
          caseId: id.optional(),
          limit: pageQuery.limit,
          cursor: z.coerce.number().int().positive().optional().describe("`next` of the page before"),
        }),
        success: {
          status: 200,
          description: "A page of audit entries",
          schema: pageView(auditView).extend({ unsealed: z.int().describe("Committed entries not in the chain yet") }),
        },
      },
      async ({ query }) => {
        const [rows, unsealed] = await Promise.all([
          listSealedAudit(deps.pool, {
            caseId: query.caseId ?? null,
            before: query.cursor ?? null,
            limit: query.limit + 1,
          }),
          countUnsealed(deps.pool),
        ]);
        const items = rows.slice(0, query.limit);
        const last = items.at(-1);
        const next = rows.length > query.limit && last !== undefined ? String(last.seq) : null;
        return { json: { items: items.map(auditViewOf), next, unsealed } };
      },
    ),
  ];
}
