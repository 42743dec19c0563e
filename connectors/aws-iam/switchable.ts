import type { Finding } from "../../src/domain/access.ts";
import { ConnectorError } from "../contract/error.ts";
import type { CursorPage } from "../contract/paging.ts";
import { findingOf } from "./finding.ts";
import type { Particulars } from "./finding.ts";
import type { Held, HeldKind } from "./held.ts";
import type { IamSession } from "./session.ts";
import { tryKey } from "./try-credentials.ts";
import type { IamUser } from "./users.ts";

/** Credentials that IAM can switch off and on: each is switched off before it is deleted. */
export const accessKeys: HeldKind = {
  kind: "access-key",
  operation: "ListAccessKeys",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.accessKeys(user.name, cursor), ({ AccessKeyId: ref, CreateDate, UserName, Status }) =>
      held("access-key", user, UserName, Status, { ref, label: `access key ${ref}`, createdAt: CreateDate }),
    ),
  detail: withLastUse,
  handleOf: ({ ref }) => ref,
  setStatus: (user, id, status, { iam }) => iam.updateAccessKey(user.name, id, status),
  end: (user, id, { iam }) => iam.deleteAccessKey(user.name, id),
  tryIt: tryKey,
};

export const serviceCredentials: HeldKind = {
  kind: "service-specific-credential",
  operation: "ListServiceSpecificCredentials",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.serviceCredentials(user.name, cursor), (row) => {
      const { ServiceSpecificCredentialId: ref, ServiceName, CreateDate, ExpirationDate, UserName, Status } = row;
      return held("service-specific-credential", user, UserName, Status, {
        ref,
        label: `credential for ${ServiceName}`,
        createdAt: CreateDate,
        expiresAt: ExpirationDate,
        facts: { service: ServiceName },
      });
    }),
  handleOf: ({ ref }) => ref,
  setStatus: (user, id, status, { iam }) => iam.updateServiceCredential(user.name, id, status),
  end: (user, id, { iam }) => iam.deleteServiceCredential(user.name, id),
};

export const sshPublicKeys: HeldKind = {
  kind: "ssh-public-key",
  operation: "ListSSHPublicKeys",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.sshPublicKeys(user.name, cursor), ({ SSHPublicKeyId: ref, UploadDate, UserName, Status }) =>
      held("ssh-public-key", user, UserName, Status, { ref, label: `SSH key ${ref}`, createdAt: UploadDate }),
    ),
  handleOf: ({ ref }) => ref,
  setStatus: (user, id, status, { iam }) => iam.updateSshPublicKey(user.name, id, status),
  end: (user, id, { iam }) => iam.deleteSshPublicKey(user.name, id),
};

export const signingCertificates: HeldKind = {
  kind: "signing-certificate",
  operation: "ListSigningCertificates",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.signingCertificates(user.name, cursor), ({ CertificateId: ref, UploadDate, UserName, Status }) =>
      held("signing-certificate", user, UserName, Status, { ref, label: `certificate ${ref}`, createdAt: UploadDate }),
    ),
  handleOf: ({ ref }) => ref,
  setStatus: (user, id, status, { iam }) => iam.updateSigningCertificate(user.name, id, status),
  end: (user, id, { iam }) => iam.deleteSigningCertificate(user.name, id),
};

function held(kind: string, user: IamUser, owner: string, status: string, particulars: Particulars): Held {
  return {
    finding: findingOf(kind, user, { ...particulars, facts: { ...particulars.facts, status } }),
    handle: particulars.ref,
    isLive: status !== "Inactive" && status !== "Expired",
    owner,
  };
}

export function mapped<Row>(page: CursorPage<Row> | null, toHeld: (row: Row) => Held): CursorPage<Held> | null {
  return page === null ? null : { ...page, items: page.items.map(toHeld) };
}

/**
 * The last use, which is lost with the key. A key is ended whether or not we may read it.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
async function withLastUse(finding: Finding, { iam }: IamSession): Promise<Finding> {
  try {
    const used = await iam.accessKeyLastUsed(finding.ref);
    const facts = { lastUsedService: named(used?.ServiceName), lastUsedRegion: named(used?.Region) };
    return { ...finding, lastUsedAt: used?.LastUsedDate?.toISOString() ?? null, facts: { ...finding.facts, ...facts } };
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || !["forbidden", "unsupported"].includes(thrown.code)) throw thrown;
    return { ...finding, facts: { ...finding.facts, lastUsedService: `not told: ${thrown.code}` } };
  }
}

function named(value: string | undefined): string | null {
  return value === undefined || value === "N/A" ? null : value;
}
