import { z } from "zod";
import type { Verdict } from "../../src/domain/access.ts";
import type { Probe } from "../contract/connector.ts";
import type { AwsKeys } from "../vendors/aws/keys.ts";
import { explicitDeny, implicitDeny } from "../vendors/aws/failure.ts";
import { openSts } from "../vendors/aws/sts.ts";
import type { IamSession } from "./session.ts";

const material = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
});

/** AWS does not know the key, or knows that it is over. */
const refusals = ["InvalidClientTokenId", "ExpiredToken"];

/**
 * Tries an access key: whom it belongs to is told to every key that lives, whatever policies say.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function tryKey({ material: secret }: Probe, session: IamSession): Promise<Verdict | null> {
  const keys = keysIn(secret.reveal());
  if (keys === null) return null;
  return (await isAccepted(keys, session))
    ? { state: "alive", by: "probe", reason: "AWS accepted the key when it was tried" }
    : { state: "dead", by: "probe", reason: "AWS refused the key when it was tried" };
}

/**
 * Tries a session with something that our policy denies: who its user is, of IAM. A session without MFA may not call IAM at
 * all, and is told that its token is invalid although it lives; that tells nothing.
 *
 * @returns null where the try could not tell.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html "Permissions"
 */
export async function trySession({ material: secret }: Probe, session: IamSession): Promise<Verdict | null> {
  const keys = keysIn(secret.reveal());
  if (keys === null) return null;
  const answer = await session.iam.tryWith(keys, [...refusals, "AccessDenied"]);
  if (answer === "works") return { state: "alive", by: "probe", reason: "AWS let it do what our policy denies" };
  if (answer === explicitDeny) return { state: "dead", by: "probe", reason: "AWS denied it what it tried" };
  if (answer === implicitDeny) {
    return { state: "unknown", by: "probe", reason: "AWS refused it what it tried, and not yet because of our policy" };
  }
  if (!refusals.includes(answer)) return null; // refused, and this server does not say why
  const isOver = answer === "ExpiredToken" || !(await isAccepted(keys, session));
  return isOver ? { state: "dead", by: "probe", reason: "AWS refused the session when it was tried" } : null;
}

async function isAccepted(keys: AwsKeys, { settings, http, clock }: IamSession): Promise<boolean> {
  const sts = await openSts(settings, async () => keys, { http, clock });
  return (await sts.callerIdentity({ expect: refusals })) !== null;
}

/** As JSON; what cannot be read tells nothing. */
function keysIn(text: string): AwsKeys | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { data } = material.safeParse(value);
  if (data === undefined) return null;
  const { sessionToken, ...keys } = data;
  return sessionToken === undefined ? keys : { ...keys, sessionToken };
}
