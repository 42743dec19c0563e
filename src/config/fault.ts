import { setTimeout as sleep } from "node:timers/promises";
import { faultPoints, noFault } from "../domain/fault.ts";
import type { Fault, FaultPoint } from "../domain/fault.ts";
import type { Environment } from "./environment.ts";
import { ConfigError } from "./problem.ts";

/** `LASTDAY_FAULT=step.revoke.after-reply:kill:2`: at the second visit of that point, end the process as kill -9 does. */
const actions = ["kill", "throw", "delay"] as const;

/**
 * The faults a test asks for. Refused in production: a fault point must never become a back door (T52).
 * @throws {ConfigError} for an unknown point or action, and whenever NODE_ENV is production.
 */
export function faultFrom(env: Environment): Fault {
  const wanted = env["LASTDAY_FAULT"];
  if (wanted === undefined || wanted === "") return noFault;
  const [point = "", action = "kill", nth = "1"] = wanted.split(":");
  const problem = (expected: string) =>
    new ConfigError("config-invalid", "The environment", [
      { path: "LASTDAY_FAULT", found: JSON.stringify(wanted), expected },
    ]);
  if (env["NODE_ENV"] === "production") throw problem("nothing: faults are refused in production");
  if (!(faultPoints as readonly string[]).includes(point)) throw problem(`one of ${faultPoints.join(", ")}`);
  if (!(actions as readonly string[]).includes(action)) throw problem(`one of ${actions.join(", ")}`);
  const at = Number(nth);
  if (!Number.isSafeInteger(at) || at < 1) throw problem("a visit from 1");

  let visits = 0;
  return async (visited: FaultPoint) => {
    if (visited !== point) return;
    visits += 1;
    if (visits !== at) return;
    if (action === "kill") process.kill(process.pid, "SIGKILL");
    if (action === "throw") throw new Error(`fault asked for at ${point}`);
    await sleep(1_000);
  };
}
