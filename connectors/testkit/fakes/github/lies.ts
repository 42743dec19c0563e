import type { Call, Fault, Reply } from "../../faults/index.ts";
import { legacyLevel, roleOn } from "./access.ts";
import type { Settings } from "./context.ts";
import type { Echoes, Span } from "./echoes.ts";
import { refuse } from "./errors.ts";
import { isSame, userNamed } from "./lookup.ts";
import type { Kind, Ref, Row, Tables } from "./rows.ts";
import { find, type World } from "./world.ts";

/** The lies that only this target can tell; the general ones are in the fault catalogue. Each goes on a script. */
export interface GithubLies {
  /** Lists never end: every page has a next one. What a page holds: the honest first page again, or nothing. */
  endlessPages(items?: "same" | "none"): Fault;
  /** Something happens right after a page was served, before the next one is asked for. */
  pagesDrift(between: () => void): Fault;
  /** What is asked of one user is answered for another. */
  answersFor(otherLogin: string): Fault;
  /** For deletions: once the deletion had its effect, the thing is still shown for a while. */
  lingers(ref: Ref, span: Span): Fault;
  /** For deletions: the thing is gone for a while, then there again. */
  returns(ref: Ref, span: Span): Fault;
  /** Whoever administers a repository adds a deploy key to it at once. Over when no repository is left. */
  remints(login: string): Fault;
  /** The 404 that means "you may not look". */
  hidden(): Fault;
}

export interface LiesDeps {
  readonly world: World;
  readonly settings: Settings;
  readonly echoes: Echoes;
  readonly clock: () => number;
}

export function githubLies({ world, settings, echoes, clock }: LiesDeps): GithubLies {
  /** What a deletion is about to take, remembered before it happens. */
  const remembering = (name: string, { kind, id }: Ref, then: (kind: Kind, row: Row) => void): Fault => {
    let held: Row | undefined;
    return {
      name,
      prepare: (call) => {
        held = find(world.state, kind, id);
        return call;
      },
      afterwards: () => {
        if (held !== undefined && find(world.state, kind, id) === undefined) then(kind, held);
      },
    };
  };
  return {
    endlessPages: (items = "same") => {
      let pages = 1;
      return {
        name: "endless-pages",
        prepare: (call) => ({ ...call, query: without(call.query, "page", "startIndex") }),
        rewrite: (reply, call) => {
          pages += 1;
          return endless(reply, call, `${settings.apiUrl}${call.path}`, pages, items === "none");
        },
      };
    },
    pagesDrift: (between) => ({ name: "pages-drift", afterwards: between }),
    answersFor: (otherLogin) => ({ name: "wrong-user", prepare: (call) => renamed(call, world, otherLogin) }),
    lingers: (ref, span) => remembering("lingers", ref, (kind, row) => echoes.linger(kind, row, span)),
    returns: (ref, span) =>
      remembering("returns", ref, (kind, row) => {
        echoes.comeBack(kind, row, span, () => {
          if (find(world.state, kind, row.id) !== undefined) return;
          world.commit(() => world.insert(kind, row as Tables[Kind]));
        });
      }),
    remints: (login) => ({
      name: "remints",
      afterwards: (_, reply) => {
        if (reply.status < 300) addKey(world, settings, login, clock());
      },
    }),
    hidden: () => ({ name: "hidden-404", instead: () => refuse.notFound().reply("https://docs.github.com/rest") }),
  };
}

function addKey(world: World, settings: Settings, login: string, now: number): void {
  const user = userNamed(world.state, login);
  if (user === undefined) return;
  const repository = world.state.repositories.find(
    (one) => one.ownerId === null && legacyLevel(roleOn(world.state, settings, user.id, one)) === "admin",
  );
  if (repository === undefined) return;
  const id = world.newId();
  world.commit(() =>
    world.insert("deployKeys", {
      id,
      repositoryId: repository.id,
      title: "again",
      key: `ssh-ed25519 AAAA${id}`,
      isReadOnly: false,
      addedById: user.id,
      createdAt: now,
      lastUsedAt: null,
      isEnabled: true,
      madeWithId: null,
    }),
  );
}

/** A list that goes on: by its `Link`, its GraphQL cursor, or SCIM's total. */
function endless(reply: Reply, call: Call, url: string, page: number, isEmpty: boolean): Reply {
  if (reply.content === undefined || !("json" in reply.content || "raw" in reply.content)) return reply;
  const value: unknown = "json" in reply.content ? reply.content.json : JSON.parse(reply.content.raw);
  const query = without(call.query, "page");
  query.set("page", String(page));
  const json = goingOn(value, page, isEmpty);
  const isList = Array.isArray(value) || (value !== null && typeof value === "object" && "total_count" in value);
  const link = isList ? { link: `<${url}?${query.toString()}>; rel="next"` } : {};
  const content = "raw" in reply.content ? { ...reply.content, raw: JSON.stringify(json) } : { json };
  return { ...reply, headers: { ...reply.headers, ...link }, content };
}

function goingOn(value: unknown, page: number, isEmpty: boolean): unknown {
  if (Array.isArray(value)) return isEmpty ? [] : value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => {
      if (key === "hasNextPage") return [key, true];
      if (key === "endCursor") return [key, Buffer.from(`cursor:${page}`).toString("base64")];
      if (key === "totalResults" || key === "total_count") return [key, 1_000_000];
      if (Array.isArray(one)) return [key, isEmpty ? [] : one];
      return [key, goingOn(one, page, isEmpty)];
    }),
  );
}

/** The call with every user it names replaced. */
function renamed(call: Call, world: World, otherLogin: string): Call {
  const isUser = (text: string) => world.state.users.some((one) => isSame(one.login, text));
  const path = call.path
    .split("/")
    .map((segment) => (isUser(segment) ? otherLogin : segment))
    .join("/");
  const query = new URLSearchParams();
  for (const [name, value] of call.query) query.append(name, isUser(value) ? otherLogin : value);
  return { ...call, path, query };
}

function without(query: URLSearchParams, ...names: readonly string[]): URLSearchParams {
  const rest = new URLSearchParams(query);
  for (const name of names) rest.delete(name);
  return rest;
}
