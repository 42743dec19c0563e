import { type Act, type Handler, namedUserOrCaller, pageFor, statusOf } from "../act.ts";
import { refuse } from "../errors.ts";
import { newCertificateId } from "../ids.ts";
import type { CertificateRow, UserRow } from "../rows.ts";
import type { Xml } from "../xml.ts";

const show = (row: CertificateRow, user: UserRow): Xml => ({
  UserName: user.name,
  CertificateId: row.id,
  CertificateBody: row.body,
  Status: statusOf(row),
  UploadDate: row.uploadedAt,
});

const list: Handler = (act) => {
  const user = namedUserOrCaller(act);
  const { items, end } = pageFor(act, act.store.ofUser("certificates", user.id), (row) => row.id);
  return { Certificates: items.map((row) => show(row, user)), ...end };
};

const upload: Handler = (act) => {
  const { params, store, now } = act;
  const user = namedUserOrCaller(act);
  const body = params.text("CertificateBody");
  if (!/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*$/.test(body)) {
    throw refuse.malformedCertificate("The certificate was malformed or expired.");
  }
  if (store.where("certificates", (row) => row.body === body).length > 0) {
    throw refuse.duplicateCertificate("The same certificate is associated with an IAM user in the account.");
  }
  if (store.ofUser("certificates", user.id).length >= 2) {
    throw refuse.limitExceeded("Cannot exceed quota for CertificatesPerUser: 2");
  }
  const row = { id: newCertificateId(), userId: user.id, body, isActive: true, uploadedAt: now };
  store.put("certificates", row);
  return { Certificate: show(row, user) };
};

const update: Handler = (act) => {
  const isActive = act.params.status();
  act.store.put("certificates", { ...named(act), isActive });
  return null;
};

const remove: Handler = (act) => {
  act.store.drop("certificates", named(act).id);
  return null;
};

export const certificateActions = {
  ListSigningCertificates: list,
  UploadSigningCertificate: upload,
  UpdateSigningCertificate: update,
  DeleteSigningCertificate: remove,
} satisfies Record<string, Handler>;

function named(act: Act): CertificateRow {
  const id = act.params.text("CertificateId");
  const user = namedUserOrCaller(act);
  const row = act.store.get("certificates", id);
  if (row === undefined || row.userId !== user.id) {
    throw refuse.noSuchEntity(`The Certificate with id ${id} cannot be found.`);
  }
  return row;
}
