import { randomBytes } from "node:crypto";
import { verifySignature, type SignatureFault } from "../../aws/signature.ts";
import type { Call, Reply } from "../../faults/index.ts";
import { errorReply, type ErrorType } from "./errors.ts";

/** What an operator would put into a client of the control plane. */
export interface AdminCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Someone to let in. */
export interface PlantAdmin {
  /** Of the user or the role; shown in refusals. Default `lastday`. */
  readonly name?: string;
  /**
   * What it may do, as method and path with `*` for anything: `GET /apikeys/*`. The same two things make an IAM
   * permission of this service: action `apigateway:GET`, resource `arn:aws:apigateway:{region}::/apikeys/*`. Left out:
   * everything.
   */
  readonly allow?: readonly string[];
  /** Temporary credentials of a role, with a session token. */
  readonly isSession?: boolean;
}

interface Admin {
  readonly credentials: AdminCredentials;
  readonly arn: string;
  readonly allow: readonly RegExp[];
}

/** Whom the control plane knows, and what each may do. */
export class Admins {
  readonly #accountId: string;
  readonly #admins = new Map<string, Admin>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  plant({ name = "lastday", allow = ["*"], isSession = false }: PlantAdmin): AdminCredentials {
    const id = randomBytes(8).toString("hex").toUpperCase();
    const secretAccessKey = randomBytes(30).toString("base64");
    const credentials = isSession
      ? { accessKeyId: `ASIA${id}`, secretAccessKey, sessionToken: randomBytes(60).toString("base64") }
      : { accessKeyId: `AKIA${id}`, secretAccessKey };
    const arn = isSession
      ? `arn:aws:sts::${this.#accountId}:assumed-role/${name}/lastday`
      : `arn:aws:iam::${this.#accountId}:user/${name}`;
    this.#admins.set(credentials.accessKeyId, { credentials, arn, allow: allow.map(patternOf) });
    return credentials;
  }

  /** Takes credentials away. */
  remove({ accessKeyId }: AdminCredentials): void {
    this.#admins.delete(accessKeyId);
  }

  /** Why a call is refused before it is looked at; undefined when it is not. */
  refusalOf(call: Call, region: string, now: number): Reply | undefined {
    const secretOf = (accessKeyId: string, sessionToken: string | null) => {
      const found = this.#admins.get(accessKeyId)?.credentials;
      return found !== undefined && (found.sessionToken ?? null) === sessionToken ? found.secretAccessKey : null;
    };
    const checked = verifySignature(call, secretOf, { service: "apigateway", region, now });
    if (!checked.ok) return errorReply(...wordings[checked.code]);
    const admin = this.#admins.get(checked.accessKeyId);
    if (admin === undefined || admin.allow.some((one) => one.test(`${call.method} ${call.path}`))) return undefined;
    const action = `apigateway:${call.method}`;
    const resource = `arn:aws:apigateway:${region}::${call.path}`;
    return errorReply(
      "AccessDeniedException",
      `User: ${admin.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    );
  }
}

/** The common errors as services of the REST JSON protocol name them. */
const wordings: Readonly<Record<SignatureFault, readonly [ErrorType, string]>> = {
  MissingAuthenticationToken: ["MissingAuthenticationTokenException", "Missing Authentication Token"],
  IncompleteSignature: ["IncompleteSignatureException", "Authorization header requires existence of its parameters."],
  InvalidClientTokenId: ["UnrecognizedClientException", "The security token included in the request is invalid."],
  SignatureDoesNotMatch: [
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  ],
  RequestExpired: [
    "InvalidSignatureException",
    "Signature expired: it is more than 15 minutes from the server's time.",
  ],
};

function patternOf(allowed: string): RegExp {
  const literal = allowed.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`);
}
