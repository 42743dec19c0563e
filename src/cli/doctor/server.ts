import { z } from "zod";
import { connect } from "../api/connect.ts";
import type { ConnectOptions } from "../api/connect.ts";
import { page } from "../api/views.ts";
import type { CliIo } from "../context.ts";
import { CliError } from "../exit.ts";
import { failure, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const readiness = z.looseObject({ ok: z.boolean(), checks: z.record(z.string(), z.looseObject({ ok: z.boolean() })) });
const targetHealth = z.looseObject({ name: z.string(), health: z.string(), reason: z.string().nullable() });

const meaning: Readonly<Record<string, string>> = {
  database: "its database does not answer",
  migrations: "its database has not been brought up to date",
  queue: "its queue does not answer",
  sealer: "audit rows wait for their place in the chain",
};

/** What a running server says of itself and its targets; null when none runs there. */
export async function askServer(options: ConnectOptions, io: Pick<CliIo, "env" | "cwd">): Promise<Finding[] | null> {
  try {
    const api = connect(options, io);
    const { checks } = await api.call({ path: "/readyz", root: true, accept: [503], answer: readiness });
    const { items } = await api.call({ path: "/targets", answer: page(targetHealth) });
    return [
      ok("server", `answers at ${api.base.href}`),
      ...Object.entries(checks)
        .filter(([, check]) => !check.ok)
        .map(([name]) => failure("server", meaning[name] ?? `${name} is not ready`, "Look into the server's log.")),
      ...items
        .filter(({ health }) => health !== "ok" && health !== "unknown")
        .map(({ name, health, reason }) =>
          warning(
            `target ${name}`,
            `the server holds it as ${health}: ${reason ?? "no reason given"}`,
            "See below, or its log.",
          ),
        ),
    ];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.code === "refused") return [failure("server", error.message, error.fix ?? "Look into the server's log.")];
    return null;
  }
}
