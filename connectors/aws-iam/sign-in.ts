import { ConnectorError } from "../contract/error.ts";
import { findingOf } from "./finding.ts";
import { listHeld } from "./held.ts";
import type { HeldKind } from "./held.ts";
import { failed } from "./session.ts";
import type { IamSession } from "./session.ts";
import type { IamUser } from "./users.ts";
import { mapped } from "./switchable.ts";
import type { Change } from "./writes.ts";

/** The console password: a user has one or none. */
export const loginProfiles: HeldKind = {
  kind: "login-profile",
  operation: "GetLoginProfile",
  async page(user, _cursor, { iam }) {
    const profile = await iam.loginProfile(user.name);
    if (profile === "no-user") return null;
    if (profile === null) return { items: [], next: null };
    const { UserName, CreateDate } = profile;
    const particulars = {
      ref: user.id,
      label: "console password",
      createdAt: CreateDate,
      lastUsedAt: user.passwordLastUsedAt,
    };
    const finding = findingOf("login-profile", user, particulars);
    return { items: [{ finding, handle: user.name, isLive: true, owner: UserName }], next: null };
  },
  handleOf: ({ ref }) => ref,
  end: (user, _handle, { iam }) => iam.deleteLoginProfile(user.name),
};

/**
 * Devices for multi-factor authentication. They go after what they protect. A virtual one is an entity of its own, which can
 * be deleted only once it is nobody's.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html
 */
export const mfaDevices: HeldKind = {
  kind: "mfa-device",
  operation: "ListMFADevices",
  page: async (user, cursor, { iam }) =>
    mapped(await iam.mfaDevices(user.name, cursor), ({ SerialNumber: ref, EnableDate, UserName }) => ({
      finding: findingOf("mfa-device", user, {
        ref,
        label: `${formOf(ref)} MFA device ${ref.split("/").at(-1) ?? ref}`,
        createdAt: EnableDate,
        facts: { form: formOf(ref) },
      }),
      handle: ref,
      isLive: true,
      owner: UserName,
    })),
  handleOf: ({ ref }) => ref,
  async end(user, serial, session) {
    const change = await session.iam.deactivateMfaDevice(user.name, serial);
    if (formOf(serial) !== "virtual") return change;
    // Also after a NoSuchEntity: an attempt that was cut off in between has left the device behind.
    const left = await deleteVirtual(serial, session);
    if (change === "absent") return left === "done" ? left : change;
    if (left === "in-use" && !(await isListed(serial, user, session))) {
      throw failed(session, "conflict", "DeleteVirtualMFADevice", "calls a device in use that is nobody's");
    }
    return change;
  },
};

/** A serial number is an ARN for every device but a hardware token. */
function formOf(serial: string): "virtual" | "hardware" | "security key" {
  if (/^arn:[\w-]+:iam::\d{12}:mfa\//.test(serial)) return "virtual";
  return /^arn:[\w-]+:iam::\d{12}:u2f\//.test(serial) ? "security key" : "hardware";
}

/** In use: of the user still, which the next look sees, or of somebody else, and then not ours to end. */
async function deleteVirtual(serial: string, { iam }: IamSession): Promise<Change | "in-use"> {
  try {
    return await iam.deleteVirtualMfaDevice(serial);
  } catch (thrown) {
    if (thrown instanceof ConnectorError && thrown.code === "conflict") return "in-use";
    throw thrown;
  }
}

async function isListed(serial: string, user: IamUser, session: IamSession): Promise<boolean> {
  for await (const { items } of listHeld(mfaDevices, user, session)) {
    if (items.some(({ handle }) => handle === serial)) return true;
  }
  return false;
}
