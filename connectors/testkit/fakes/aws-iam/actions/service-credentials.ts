import { type Act, type Handler, namedUser, namedUserOrCaller, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import { newId, newToken } from "../ids.ts";
import type { ServiceCredentialRow, UserRow } from "../rows.ts";
import type { Xml } from "../xml.ts";
import { publicNameOf, serviceKinds } from "./service-names.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html */
function show(row: ServiceCredentialRow, user: Pick<UserRow, "name">, now: Date): Readonly<Record<string, Xml | null>> {
  const isExpired = row.expiresAt !== null && row.expiresAt <= now;
  const isAlias = serviceKinds[row.serviceName] === "alias";
  return {
    UserName: user.name,
    Status: isExpired ? "Expired" : row.isActive ? "Active" : "Inactive",
    [isAlias ? "ServiceCredentialAlias" : "ServiceUserName"]: row.publicName,
    CreateDate: row.createdAt,
    ExpirationDate: row.expiresAt,
    ServiceSpecificCredentialId: row.id,
    ServiceName: row.serviceName,
  };
}

/** What creation and reset show once, and never again. */
function showWithSecret(row: ServiceCredentialRow, user: UserRow, now: Date): Xml {
  const isAlias = serviceKinds[row.serviceName] === "alias";
  return { ...show(row, user, now), [isAlias ? "ServiceCredentialSecret" : "ServicePassword"]: row.secret };
}

const list: Handler = (act) => {
  const { params, store, now } = act;
  const isForAll = params.flag("AllUsers") === true;
  if (isForAll && params.get("UserName") !== null) {
    throw refuse.validation("UserName and AllUsers cannot be given together.");
  }
  const service = params.get("ServiceName");
  const rows = isForAll
    ? store.all("serviceCredentials")
    : store.ofUser("serviceCredentials", namedUserOrCaller(act).id);
  const found = rows.filter((row) => service === null || row.serviceName === service);
  const { items, end } = pageFor(act, found, (row) => row.id);
  const nameOf = (row: ServiceCredentialRow) => ({ name: store.get("users", row.userId)?.name ?? "" });
  return { ServiceSpecificCredentials: items.map((row) => show(row, nameOf(row), now)), ...end };
};

const create: Handler = (act) => {
  const { params, store, account, now } = act;
  const user = namedUser(act);
  const serviceName = params.text("ServiceName");
  const kind = serviceKinds[serviceName];
  if (kind === undefined) {
    throw refuse.notSupportedService(
      `The specified service ${serviceName} is not supported for service-specific credentials.`,
    );
  }
  if (store.ofUser("serviceCredentials", user.id).filter((row) => row.serviceName === serviceName).length >= 2) {
    throw refuse.limitExceeded("Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2");
  }
  const days = params.get("CredentialAgeDays");
  if (days !== null && kind !== "alias")
    throw refuse.validation(`CredentialAgeDays is not supported for ${serviceName}.`);
  const age = params.integer("CredentialAgeDays", { min: 1, max: 36_600, otherwise: 0 });
  const row: ServiceCredentialRow = {
    id: newId("ACCA"),
    userId: user.id,
    serviceName,
    publicName: publicNameOf(serviceName, user, account, store),
    secret: newToken(33),
    isActive: true,
    createdAt: now,
    expiresAt: days === null ? null : new Date(now.getTime() + age * 86_400_000),
  };
  store.put("serviceCredentials", row);
  return { ServiceSpecificCredential: showWithSecret(row, user, now) };
};

const update: Handler = (act) => {
  const isActive = act.params.status();
  act.store.put("serviceCredentials", { ...named(act).row, isActive });
  return null;
};

/** A new secret at once; the old one stops. */
const reset: Handler = (act) => {
  const { row, user } = named(act);
  const renewed = { ...row, secret: newToken(33) };
  act.store.put("serviceCredentials", renewed);
  return { ServiceSpecificCredential: showWithSecret(renewed, user, act.now) };
};

const remove: Handler = (act) => {
  act.store.drop("serviceCredentials", named(act).row.id);
  return null;
};

export const serviceCredentialActions = {
  ListServiceSpecificCredentials: list,
  CreateServiceSpecificCredential: create,
  UpdateServiceSpecificCredential: update,
  ResetServiceSpecificCredential: reset,
  DeleteServiceSpecificCredential: remove,
} satisfies Record<string, Handler>;

function named(act: Act): { readonly row: ServiceCredentialRow; readonly user: UserRow } {
  const id = act.params.text("ServiceSpecificCredentialId");
  const user = namedUserOrCaller(act);
  const row = act.store.get("serviceCredentials", id);
  if (row === undefined || row.userId !== user.id) {
    throw refuse.noSuchEntity(`No such credential ${id} exists`);
  }
  return { row, user };
}
