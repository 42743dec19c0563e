import { z } from "zod";
import { connect } from "../api/connect.ts";
import type { ConnectOptions } from "../api/connect.ts";
import type { CliIo } from "../context.ts";
import { CliError } from "../exit.ts";
import { failure, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

const finding = z.object({
  check: z.string(),
  level: z.enum(["ok", "warning", "error"]),
  what: z.string(),
  fix: z.string().nullable(),
});
const report = z.looseObject({ findings: z.array(finding) });

/** What a running server says of itself, its targets among it; null when none runs here. */
export async function askServer(options: ConnectOptions, io: Pick<CliIo, "env" | "cwd">): Promise<Finding[] | null> {
  try {
    const api = connect(options, io);
    const { findings } = await api.call({ path: "/doctor", answer: report });
    return [ok("server", `answers at ${api.base.href}`), ...findings];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.code === "refused") return [failure("server", error.message, error.fix ?? "Look into the server's log.")];
    return null;
  }
}
