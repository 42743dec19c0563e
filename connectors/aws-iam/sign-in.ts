import type { Finding } from "../../src/domain/access.ts";
import { ConnectorError } from "../contract/error.ts";
import { findingOf } from "./finding.ts";
import type { HeldKind } from "./held.ts";
import type { IamSession } from "./session.ts";
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
  async end(user, serial, { iam }) {
    const change = await iam.deactivateMfaDevice(user.name, serial);
    if (change === "done" && formOf(serial) === "virtual") await iam.deleteVirtualMfaDevice(serial);
    return change;
  },
  /** An attempt that was cut off after the deactivation has left the virtual device behind. */
  sweep: (finding, session) => deleteLeftOver(finding, session),
};

/** A serial number is an ARN for every device but a hardware token. */
function formOf(serial: string): "virtual" | "hardware" | "security key" {
  if (/^arn:[\w-]+:iam::\d{12}:mfa\//.test(serial)) return "virtual";
  return /^arn:[\w-]+:iam::\d{12}:u2f\//.test(serial) ? "security key" : "hardware";
}

async function deleteLeftOver({ ref }: Finding, { iam }: IamSession): Promise<Change> {
  if (formOf(ref) !== "virtual") return "absent";
  try {
    return await iam.deleteVirtualMfaDevice(ref);
  } catch (thrown) {
    // It is somebody else's by now, and not ours to end.
    if (thrown instanceof ConnectorError && thrown.code === "conflict") return "absent";
    throw thrown;
  }
}
