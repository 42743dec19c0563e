import { type Act, type Handler, namedUser, namedUserOrCaller, pageFor, statusOf } from "../act.ts";
import { refuse } from "../errors.ts";
import { fingerprintOf, newId } from "../ids.ts";
import type { SshKeyRow, UserRow } from "../rows.ts";
import type { Xml } from "../xml.ts";

const show = (row: SshKeyRow, user: UserRow): Readonly<Record<string, Xml>> => ({
  UserName: user.name,
  SSHPublicKeyId: row.id,
  Status: statusOf(row),
  UploadDate: row.uploadedAt,
});

const showWhole = (row: SshKeyRow, user: UserRow): Xml => ({
  ...show(row, user),
  Fingerprint: row.fingerprint,
  SSHPublicKeyBody: row.body,
});

const list: Handler = (act) => {
  const user = namedUserOrCaller(act);
  const { items, end } = pageFor(act, act.store.ofUser("sshKeys", user.id), (row) => row.id);
  return { SSHPublicKeys: items.map((row) => show(row, user)), ...end };
};

/** The key as it was uploaded, whatever encoding is asked for. */
const get: Handler = (act) => {
  act.params.oneOf("Encoding", ["SSH", "PEM"]);
  const { row, user } = named(act);
  return { SSHPublicKey: showWhole(row, user) };
};

const upload: Handler = (act) => {
  const { params, store, now } = act;
  const user = namedUser(act);
  const body = params.text("SSHPublicKeyBody");
  if (!/^ssh-rsa [A-Za-z0-9+/=]+|^-----BEGIN PUBLIC KEY-----/.test(body)) {
    throw refuse.invalidPublicKey("The public key is malformed or otherwise invalid.");
  }
  const own = store.ofUser("sshKeys", user.id);
  if (own.some((row) => row.body === body)) {
    throw refuse.duplicateSshKey("The SSH public key is already associated with the specified IAM user.");
  }
  if (own.length >= 5) throw refuse.limitExceeded("Cannot exceed quota for SSHPublicKeysPerUser: 5");
  const row = {
    id: newId("APKA"),
    userId: user.id,
    body,
    fingerprint: fingerprintOf(body),
    isActive: true,
    uploadedAt: now,
  };
  store.put("sshKeys", row);
  return { SSHPublicKey: showWhole(row, user) };
};

const update: Handler = (act) => {
  const isActive = act.params.status();
  act.store.put("sshKeys", { ...named(act).row, isActive });
  return null;
};

const remove: Handler = (act) => {
  act.store.drop("sshKeys", named(act).row.id);
  return null;
};

export const sshKeyActions = {
  ListSSHPublicKeys: list,
  GetSSHPublicKey: get,
  UploadSSHPublicKey: upload,
  UpdateSSHPublicKey: update,
  DeleteSSHPublicKey: remove,
} satisfies Record<string, Handler>;

function named(act: Act): { readonly row: SshKeyRow; readonly user: UserRow } {
  const user = namedUser(act);
  const id = act.params.text("SSHPublicKeyId");
  const row = act.store.get("sshKeys", id);
  if (row === undefined || row.userId !== user.id) {
    throw refuse.noSuchEntity(`The Public Key with id ${id} cannot be found.`);
  }
  return { row, user };
}
