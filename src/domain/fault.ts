/**
 * Points at which a test may kill, delay or break the product: each transaction boundary and outbound call.
 * The product calls them; only a test gives them an effect (src/config/fault.ts refuses in production).
 */
export const faultPoints = [
  "receive.after-commit",
  "relay.before-add",
  "relay.after-add",
  "step.resolve.before-settle",
  "step.freeze.after-reply",
  "step.discover.before-settle",
  "step.revoke.after-intent",
  "step.revoke.after-reply",
  "step.revoke.after-record",
  "rotate.create.before-seal",
  "rotate.create.before-commit",
  "rotate.set.before-commit",
  "rotate.test.before-commit",
  "rotate.finish.before-commit",
  "rotate.retire.before-commit",
  "step.verify.between-looks",
  "step.verify.before-settle",
  "certify.before-sign",
  "certify.after-sign",
  "certify.after-commit",
] as const;

export type FaultPoint = (typeof faultPoints)[number];

export type Fault = (point: FaultPoint) => Promise<void>;

export const noFault: Fault = async () => {};
