import type { Account } from "./account.ts";
import { publicNameOf } from "./actions/service-names.ts";
import type { Credentials } from "./authentication.ts";
import { fingerprintOf, newCertificateId, newId, newSecret, newToken } from "./ids.ts";
import type { MfaDeviceRow, UserRow } from "./rows.ts";
import type { Store } from "./store.ts";
import type { LastUse, Usage } from "./usage.ts";

/** What a user holds besides policies and groups. */
export interface PlantHoldings {
  readonly accessKeys?: readonly { readonly isActive?: boolean; readonly lastUse?: LastUse }[];
  readonly password?: string;
  readonly serviceCredentials?: readonly {
    readonly serviceName: string;
    readonly isActive?: boolean;
    readonly expiresAt?: Date;
  }[];
  readonly sshKeys?: readonly { readonly isActive?: boolean }[];
  readonly certificates?: readonly { readonly isActive?: boolean }[];
  readonly mfa?: readonly MfaDeviceRow["kind"][];
  /** Temporary credentials that the user got some time ago. Default: an hour ago, with MFA, for 36 hours. */
  readonly sessions?: readonly { readonly hasMfa?: boolean; readonly issuedAt?: Date; readonly expiresAt?: Date }[];
}

export interface PlantedHoldings {
  readonly accessKeys: readonly Credentials[];
  readonly password: string | null;
  readonly serviceCredentials: readonly { readonly id: string; readonly publicName: string; readonly secret: string }[];
  /** `APKA...` */
  readonly sshKeys: readonly string[];
  readonly certificates: readonly string[];
  /** Serial numbers. */
  readonly mfa: readonly string[];
  readonly sessions: readonly Required<Credentials>[];
  /** The first of the sessions. */
  readonly liveSession: Required<Credentials> | null;
}

interface Deps {
  readonly store: Store;
  readonly account: Account;
  readonly usage: Usage;
  readonly now: Date;
}

/** Puts in place what a user holds. */
export function plantHoldings(user: UserRow, wanted: PlantHoldings, deps: Deps): PlantedHoldings {
  const { store, account, usage, now } = deps;
  const userId = user.id;
  const accessKeys = (wanted.accessKeys ?? []).map(({ isActive = true, lastUse }) => {
    const key = { id: newId("AKIA"), userId, secret: newSecret(), isActive, createdAt: now };
    store.put("accessKeys", key);
    if (lastUse !== undefined) usage.record(key.id, lastUse);
    return { accessKeyId: key.id, secretAccessKey: key.secret };
  });
  const { password = null } = wanted;
  if (password !== null) store.put("logins", { id: userId, userId, password, createdAt: now, isResetRequired: false });

  const serviceCredentials = (wanted.serviceCredentials ?? []).map((one) => {
    const { serviceName, isActive = true, expiresAt = null } = one;
    const publicName = publicNameOf(serviceName, user, account, store);
    const secret = newSecret();
    const id = newId("ACCA");
    const owned = { id, userId, serviceName, publicName, secret };
    store.put("serviceCredentials", { ...owned, isActive, createdAt: now, expiresAt });
    return { id, publicName, secret };
  });
  const sshKeys = (wanted.sshKeys ?? []).map(({ isActive = true }) => {
    const body = `ssh-rsa ${newToken(279)} ${user.name}`;
    const id = newId("APKA");
    store.put("sshKeys", { id, userId, body, fingerprint: fingerprintOf(body), isActive, uploadedAt: now });
    return id;
  });
  const certificates = (wanted.certificates ?? []).map(({ isActive = true }) => {
    const body = `-----BEGIN CERTIFICATE-----\n${newToken(480)}\n-----END CERTIFICATE-----`;
    const id = newCertificateId();
    store.put("certificates", { id, userId, body, isActive, uploadedAt: now });
    return id;
  });
  const mfa = (wanted.mfa ?? []).map((kind, at) => {
    const name = at === 0 ? user.name : `${user.name}-${at + 1}`;
    const id = serialOf(kind, name, account);
    store.put("mfaDevices", { id, kind, userId, enabledAt: now });
    return id;
  });
  const sessions = (wanted.sessions ?? []).map(({ hasMfa = true, issuedAt, expiresAt }) => {
    const from = issuedAt ?? new Date(now.getTime() - 3_600_000);
    const until = expiresAt ?? new Date(from.getTime() + 129_600_000);
    const session = { id: newId("ASIA"), secret: newSecret(), token: newToken() };
    const owner = { ownerKind: "user", ownerId: userId, name: "", hasMfa, policy: null } as const;
    store.put("sessions", { ...session, ...owner, issuedAt: from, expiresAt: until });
    return { accessKeyId: session.id, secretAccessKey: session.secret, sessionToken: session.token };
  });
  const liveSession = sessions[0] ?? null;
  return { accessKeys, password, serviceCredentials, sshKeys, certificates, mfa, sessions, liveSession };
}

/** A virtual device and a security key have an ARN; a key fob has the number on its back. */
function serialOf(kind: MfaDeviceRow["kind"], name: string, account: Account): string {
  if (kind === "hardware") return `GAHT${newCertificateId().replace(/\D/g, "").padEnd(8, "0").slice(0, 8)}`;
  if (kind === "fido") return `arn:aws:iam::${account.id}:u2f/user/${name}/${newCertificateId().slice(0, 8)}`;
  return account.mfaArn(name);
}
