import type { TargetHttp } from "../contract/http.ts";
import type { Secret } from "../contract/secret.ts";
import type { ProbeRule } from "./config.ts";

/** Every answer but throttling and failures of the other side: those say nothing, and are tried again. */
const telling = [
  200, 201, 202, 203, 204, 206, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 412, 415, 418,
  421, 422, 423, 424, 426, 428, 431, 451,
];

export type TryOldValue = (rule: ProbeRule, value: Secret) => Promise<number>;

/** Tries an old value where it opened something, with one GET; gives the status, and reads nothing of the answer. */
export function tryOldValueOver(http: TargetHttp): TryOldValue {
  return async ({ url, header, prefix, refused }, value) => {
    const { status } = await http.send({
      method: "GET",
      operation: "probeOldValue",
      template: "probe",
      url,
      headers: { connection: "close", [header]: `${prefix}${value.reveal()}` },
      expect: [...new Set([...telling, ...refused])],
    });
    return status;
  };
}
