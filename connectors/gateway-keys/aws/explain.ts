import { ConnectorError } from "../../contract/error.ts";

/**
 * Says in which region a call failed, and of a refusal which permission it needs: AWS itself names the verb at most.
 * @param permission as `permissions.ts` spells it.
 */
export function explain(thrown: unknown, region: string, permission: string): unknown {
  if (!(thrown instanceof ConnectorError)) return thrown;
  const { code, message, target, operation, retryAt, status, cause } = thrown;
  const where = code === "forbidden" ? `in ${region}; needed: ${permission}` : `in ${region}`;
  return new ConnectorError(code, `${message} (${where})`, {
    target,
    retryAt,
    cause,
    ...(operation === null ? {} : { operation }),
    ...(status === null ? {} : { status }),
  });
}
