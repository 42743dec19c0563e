/** The steps by which a shared secret is replaced, in their order (targets: create, set, test, finish, retire). */
export const rotationSteps = ["create", "set", "test", "finish", "retire", "done"] as const;
export type RotationStep = (typeof rotationSteps)[number];

/** How far the rotation of one item is. It holds no value: that is in the sealed store, under the token. */
export interface RotationState {
  /** Names this rotation for ever; a rotation that was rolled back begins anew under another. */
  token: string;
  /** When it began, RFC 3339: what the issuer made earlier is not ours. */
  since: string;
  /** The first step whose end is not known. */
  step: RotationStep;
  /** The new credential's own id at the issuer; null until it was created. */
  issuedRef: string | null;
  /** While the old credential is watched before it goes: when to come back, RFC 3339. */
  notBefore?: string | null;
}

/** Whether a rotation has begun and the old credential is not ended yet, however dead it looks. */
export function isUnderWay(rotation: RotationState | null): boolean {
  return rotation !== null && rotation.step !== "done";
}
