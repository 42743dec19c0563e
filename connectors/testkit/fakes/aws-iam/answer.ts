import type { Call, Reply } from "../../faults/index.ts";
import { authenticate } from "./authentication.ts";
import type { Caller } from "./caller.ts";
import { AwsRefusal, refuse } from "./errors.ts";
import { paramsOf } from "./params.ts";
import { failure, htmlPage, success } from "./protocol.ts";
import { reference, services } from "./reference.ts";
import { perform, type ServiceDeps, unknownAction } from "./service.ts";

export interface AnswerDeps extends ServiceDeps {
  /** Actions answered by HTTP 500 and a page of HTML, as by a server that lacks them. */
  readonly unknownActions: ReadonlySet<string>;
  /** Whether this call is one too many. */
  readonly isThrottled: () => boolean;
  /** The call as it was signed, before a fault changed what the fake reads. */
  readonly signedCall: (call: Call) => Call;
  /** Told how a call ended. */
  readonly answered: (call: Call, code: string | null) => void;
}

/** Answers one call, honestly. */
export function answer(call: Call, deps: AnswerDeps): Reply {
  const params = paramsOf(call);
  const action = params.get("Action") ?? "";
  const service = params.get("Version") === services.sts.version ? "sts" : "iam";
  if (deps.unknownActions.has(action)) {
    deps.answered(call, "InternalServerError");
    return htmlPage(500);
  }
  try {
    if (deps.isThrottled()) throw refuse.throttled();
    const result = perform(letIn(call, service, deps), action, knownParams(action, service, params), deps);
    deps.answered(call, null);
    return success(service, action, result);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    deps.answered(call, error.code);
    return failure(service, error);
  }
}

function letIn(call: Call, service: "iam" | "sts", { gate, account, usage, clock, signedCall }: AnswerDeps): Caller {
  const signed = signedCall(call);
  const now = new Date(clock());
  const caller = authenticate(signed, service, { store: gate.store, account, now });
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(signed.headers.authorization ?? "")?.[1] ?? "us-east-1";
  if (caller.session === null) usage.record(caller.accessKeyId, { at: now, service, region });
  return caller;
}

function knownParams(action: string, service: "iam" | "sts", params: URLSearchParams): URLSearchParams {
  const version = params.get("Version") ?? "";
  if (reference[action]?.service !== service || version !== services[service].version) {
    throw unknownAction(action, version);
  }
  return params;
}
