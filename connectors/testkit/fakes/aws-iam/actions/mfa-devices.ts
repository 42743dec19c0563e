import { type Act, type Handler, namedUser, namedUserOrCaller, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import { newSecret } from "../ids.ts";
import type { MfaDeviceRow } from "../rows.ts";
import type { Xml } from "../xml.ts";
import { showUser } from "./users.ts";

const listDevices: Handler = (act) => {
  const user = namedUserOrCaller(act);
  const { items, end } = pageFor(act, act.store.ofUser("mfaDevices", user.id), (row) => row.id);
  const shown = items.map((row) => ({ UserName: user.name, SerialNumber: row.id, EnableDate: row.enabledAt }));
  return { MFADevices: shown, ...end };
};

/** Virtual devices of the account, assigned or not; the others are in nobody's list but their user's. */
const listVirtual: Handler = (act) => {
  const { params, store } = act;
  const status = params.get("AssignmentStatus") === null ? "Any" : params.oneOf("AssignmentStatus", statuses);
  const isWanted = (row: MfaDeviceRow) =>
    row.kind === "virtual" && (status === "Any" || (status === "Assigned") === (row.userId !== null));
  const { items, end } = pageFor(act, store.where("mfaDevices", isWanted), (row) => row.id);
  return { VirtualMFADevices: items.map((row) => showVirtual(act, row)), ...end };
};
const statuses = ["Assigned", "Unassigned", "Any"] as const;

function showVirtual(act: Act, row: MfaDeviceRow): Xml {
  const user = act.store.get("users", row.userId ?? "");
  return {
    SerialNumber: row.id,
    ...(user === undefined ? {} : { User: showUser(act, user), EnableDate: row.enabledAt }),
  };
}

const createVirtual: Handler = (act) => {
  const { params, store, account } = act;
  const id = account.mfaArn(params.name("VirtualMFADeviceName", 226));
  if (store.get("mfaDevices", id) !== undefined) {
    throw refuse.alreadyExists("MFADevice entity at the same path and name already exists.");
  }
  store.put("mfaDevices", { id, kind: "virtual", userId: null, enabledAt: null });
  const seed = Buffer.from(newSecret()).toString("base64");
  return { VirtualMFADevice: { SerialNumber: id, Base32StringSeed: seed, QRCodePNG: seed } };
};

/** Any two different codes of six digits pass. */
const enable: Handler = (act) => {
  const { params, store, now } = act;
  const user = namedUser(act);
  const serial = params.text("SerialNumber");
  const codes = ["AuthenticationCode1", "AuthenticationCode2"].map((name) => params.text(name));
  if (codes[0] === codes[1] || codes.some((code) => !/^\d{6}$/.test(code))) {
    throw refuse.invalidCode("Authentication code for device is not valid");
  }
  const device = store.get("mfaDevices", serial);
  if (device === undefined && serial.startsWith("arn:")) throw notVirtual(serial);
  if (device !== undefined && device.userId !== null) {
    throw refuse.alreadyExists("MFA Device is already in use.");
  }
  if (store.ofUser("mfaDevices", user.id).length >= 8) {
    throw refuse.limitExceeded("Cannot exceed quota for MFADevicesPerUser: 8");
  }
  const kind = device?.kind ?? "hardware";
  store.put("mfaDevices", { id: serial, kind, userId: user.id, enabledAt: now });
  return null;
};

/** Takes the device from its user. A virtual one stays in the account until it is deleted; others are gone. */
const deactivate: Handler = (act) => {
  const { params, store } = act;
  const serial = params.text("SerialNumber");
  const user = namedUserOrCaller(act);
  const device = store.get("mfaDevices", serial);
  if (device === undefined || device.userId !== user.id) {
    throw refuse.noSuchEntity(`The MFA Device with serial number ${serial} cannot be found for user ${user.name}.`);
  }
  if (device.kind === "virtual") store.put("mfaDevices", { ...device, userId: null, enabledAt: null });
  else store.drop("mfaDevices", device.id);
  return null;
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html : deactivate it first */
const deleteVirtual: Handler = ({ params, store }) => {
  const serial = params.text("SerialNumber");
  const device = store.get("mfaDevices", serial);
  if (device === undefined || device.kind !== "virtual") throw notVirtual(serial);
  if (device.userId !== null) throw refuse.deleteConflict("MFA VirtualDevice in use. Must deactivate first.");
  store.drop("mfaDevices", serial);
  return null;
};

export const mfaDeviceActions = {
  ListMFADevices: listDevices,
  ListVirtualMFADevices: listVirtual,
  CreateVirtualMFADevice: createVirtual,
  EnableMFADevice: enable,
  DeactivateMFADevice: deactivate,
  DeleteVirtualMFADevice: deleteVirtual,
} satisfies Record<string, Handler>;

const notVirtual = (serial: string) =>
  refuse.noSuchEntity(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
