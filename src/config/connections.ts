import type { ConfigProblem, ConfigWarning } from "./problem.ts";
import type { Secret } from "../domain/secret.ts";
import { isLoopback } from "./values.ts";
import type { Listen } from "./values.ts";

/** Rules over addresses that may carry a password: no text made here repeats one. */

export function databaseProblems(path: string, url: Secret): ConfigProblem[] {
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : null;
  if (parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol)) return [];
  return [
    {
      path,
      found: parsed === null ? "no address (not shown)" : `an address that begins with ${parsed.protocol}`,
      expected: "postgresql://user:password@host:5432/name",
    },
  ];
}

/** Redis beyond loopback needs a password and TLS, unless the operator says that its network is private (rule 19). */
export function redisProblems(path: string, url: Secret, insecure: boolean): ConfigProblem[] {
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : null;
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) {
    const found = parsed === null ? "no address (not shown)" : `an address that begins with ${parsed.protocol}`;
    return [{ path, found, expected: "rediss://:password@host:6379" }];
  }
  if (insecure || isLoopback(parsed.hostname)) return [];
  const missing = [
    ...(parsed.protocol === "rediss:" ? [] : ["TLS"]),
    ...(parsed.password === "" ? ["a password"] : []),
  ];
  if (missing.length === 0) return [];
  return [
    {
      path,
      found: `a Redis beyond loopback without ${missing.join(" and ")}`,
      expected: "rediss://:password@host:6379; or queue.insecure: true (LASTDAY_REDIS_INSECURE) in a private network",
    },
  ];
}

export function listenWarnings(config: {
  listen: Listen;
  tls: unknown;
  trustedProxies: readonly string[];
}): ConfigWarning[] {
  if (isLoopback(config.listen.host) || config.tls !== null || config.trustedProxies.length > 0) return [];
  return [
    {
      path: "listen",
      message: `tokens cross the network in clear: ${config.listen.host} is beyond loopback and there is no TLS`,
      fix: "Set tls, or listen on 127.0.0.1 behind a proxy that does and name it in trustedProxies",
    },
  ];
}
