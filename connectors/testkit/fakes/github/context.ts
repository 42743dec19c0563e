import type { Call } from "../../faults/index.ts";
import type { Caller } from "./callers.ts";
import { refuse } from "./errors.ts";
import type { RepositoryRole, State } from "./rows.ts";
import type { World } from "./world.ts";

/** What holds for the whole fake, and does not change by its API. */
export interface Settings {
  /** Of the door, without a slash at the end. */
  readonly apiUrl: string;
  readonly organization: { readonly id: number; readonly login: string };
  readonly enterprise: { readonly id: number; readonly slug: string };
  /** What every member may do on every repository of the organization. */
  readonly basePermission: RepositoryRole | null;
  /** Whether classic tokens and SSH keys of members open nothing before they went through single sign-on. */
  readonly requiresSso: boolean;
  /** Whether the enterprise owns its people's accounts, and can destroy their credentials. */
  readonly managesUsers: boolean;
  /** How long a revocation that GitHub accepts with 202 takes: so many reads of the list, so many milliseconds, or both. */
  readonly revocation: { readonly reads: number; readonly ms: number };
  /** Forces `per_page` to this size at most. */
  readonly pageSize: number | null;
  /** Users that own the enterprise. */
  readonly enterpriseOwnerIds: ReadonlySet<number>;
}

/** What an operation has to answer from. */
export interface Context {
  readonly settings: Settings;
  /** What the caller sees: behind the truth where the fake lags. */
  readonly state: State;
  /** Where changes go. */
  readonly world: World;
  readonly caller: Caller;
  readonly call: Call;
  /** From the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (context: Context) => Answer;

/** Answers by operation, for a family of operations. */
export type Handlers = Readonly<Record<string, Handler>>;

export const noContent: Answer = { status: 204 };

export const ok = (json: unknown): Answer => ({ status: 200, json });

/** A parameter of the path. */
export function param({ params }: Context, name: string): string {
  return params[name] ?? "";
}

/** A text of the body; its form is checked already. */
export function bodyText({ body }: Context, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

/** A numeric id of the path; anything else is not found. */
export function idParam(context: Context, name: string): number {
  const text = param(context, name);
  if (!/^\d{1,15}$/.test(text)) throw refuse.notFound();
  return Number(text);
}

/** A whole second, as GitHub's timestamps are: two changes within one second look alike. */
export function timestamp(ms: number): string {
  return new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}

export const timestampOrNull = (ms: number | null): string | null => (ms === null ? null : timestamp(ms));
