/** One thing that was looked at, what was found, and what to do about it. */
export interface Finding {
  /** What was looked at: `node`, `database`, `redis`, ... */
  check: string;
  level: "ok" | "warning" | "error";
  what: string;
  /** Null when there is nothing to do. */
  fix: string | null;
}

export function ok(check: string, what: string): Finding {
  return { check, level: "ok", what, fix: null };
}

export function warning(check: string, what: string, fix: string): Finding {
  return { check, level: "warning", what, fix };
}

export function failure(check: string, what: string, fix: string): Finding {
  return { check, level: "error", what, fix };
}
