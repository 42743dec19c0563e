import type { Call, Fault, Reply } from "../../faults/index.ts";
import { usable } from "./authentication.ts";
import { AwsRefusal } from "./errors.ts";
import { paramsOf } from "./params.ts";
import { failure } from "./protocol.ts";
import { reference } from "./reference.ts";
import type { Lag } from "./replica.ts";
import type { Resurrections } from "./resurrections.ts";
import { perform, type ServiceDeps } from "./service.ts";
import type { Change } from "./store.ts";
import { endless, misshapen, naming, truncated } from "./xml-lies.ts";

/** The lies that only this target can tell; the general ones are in the fault catalogue. Each goes on a script. */
export interface AwsIamLies {
  /** HTTP 400, code `Throttling`, "Rate exceeded", without an effect. */
  throttles(): Fault;
  /** Any error of the reference, without an effect. */
  answersError(status: number, code: string, message?: string): Fault;
  /** NoSuchEntity for something that is there, as some answer those who may not look. */
  hides(): Fault;
  /** Lists never end: every page is truncated. What a page holds: the honest first page again, or nothing. */
  endlessPages(items?: "same" | "none"): Fault;
  /** Something happens right after a page was served, before the next one is asked for. */
  pagesDrift(between: () => void): Fault;
  /** Whatever user was asked about, the answer is about this one, and what is done is done to it. */
  answersFor(otherUserName: string): Fault;
  /** The honest answer with this user's name in it. */
  namesAnother(otherUserName: string): Fault;
  /** For deletions: once the deletion had its effect, what it took is still shown for a while; it does not work. */
  lingers(span: Lag): Fault;
  /** For deletions: what it took is gone for a while, then there again, the same. */
  returns(span: Lag): Fault;
  /** After a write of anybody's, the user makes a new access key with any credentials of its own that still work. */
  remints(userName: string): Fault;
  /** XML that ends in the middle, under its true length. */
  truncatedXml(): Fault;
  /** XML whose dates are no dates and whose elements have other names. */
  wrongShape(): Fault;
}

export interface LiesDeps extends ServiceDeps {
  readonly resurrections: Resurrections;
}

export function lies(deps: LiesDeps): AwsIamLies {
  const answersError = (status: number, code: string, message = ""): Fault => ({
    name: `answers-${code}`,
    instead: (call) => failure(serviceOf(call), { status, code, message }),
  });
  const rewriting = (name: string, change: (xml: string) => string): Fault => ({
    name,
    rewrite: (reply) => changed(reply, change),
  });
  return {
    throttles: () => ({ ...answersError(400, "Throttling", "Rate exceeded"), name: "aws-throttles" }),
    answersError,
    hides: () => ({
      name: "hides",
      instead: (call) => {
        const who = paramsOf(call).get("UserName") ?? "";
        const message = `The user with name ${who} cannot be found.`;
        return failure(serviceOf(call), { status: 404, code: "NoSuchEntity", message });
      },
    }),
    endlessPages: (items = "same") => {
      let pages = 0;
      return {
        name: "endless-pages",
        prepare: (call) => withParams(call, (params) => params.delete("Marker")),
        rewrite: (reply) => {
          pages += 1;
          const marker = Buffer.from(`page-${pages}`).toString("base64");
          return changed(reply, (xml) => endless(xml, marker, items === "same"));
        },
      };
    },
    pagesDrift: (between) => ({ name: "pages-drift", afterwards: between }),
    answersFor: (other) => ({
      name: "wrong-user",
      prepare: (call) => withParams(call, (params) => params.set("UserName", other)),
    }),
    namesAnother: (other) => rewriting("names-another", (xml) => naming(xml, other)),
    lingers: (span) => {
      let release = () => {};
      return {
        name: "lingers",
        prepare: (call) => {
          release = deps.view.holding(span);
          return call;
        },
        afterwards: () => release(),
      };
    },
    returns: (span) => {
      const taken: Change[] = [];
      let isListening = false;
      deps.truth.onChange((change) => {
        if (isListening && change.isRemoval) taken.push(change);
      });
      return {
        name: "returns",
        prepare: (call) => {
          isListening = true;
          return call;
        },
        afterwards: () => {
          isListening = false;
          for (const change of taken.splice(0)) deps.resurrections.add(change, span);
        },
      };
    },
    remints: (userName) => ({
      name: "remints",
      afterwards: (call, reply) => {
        const isWrite = reference[paramsOf(call).get("Action") ?? ""]?.access === "write";
        if (isWrite && reply.status < 300) remint(userName, deps);
      },
    }),
    truncatedXml: () => rewriting("truncated-xml", truncated),
    wrongShape: () => rewriting("wrong-shape", misshapen),
  };
}

/** Tries every credential of the user until one makes a new key: through the same door of permissions as any call. */
function remint(userName: string, deps: ServiceDeps): void {
  const { truth, gate, account, clock } = deps;
  const user = truth.userNamed(userName);
  if (user === undefined) return;
  const keys = gate.store.where("accessKeys", (key) => key.userId === user.id && key.isActive);
  const sessions = gate.store.where("sessions", (session) => session.ownerId === user.id);
  for (const { id } of [...keys, ...sessions]) {
    try {
      const caller = usable(gate.store, account, id, new Date(clock()));
      perform(caller, "CreateAccessKey", new URLSearchParams({ UserName: userName }), deps);
      return;
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error; // refused: the next one may do better
    }
  }
}

const serviceOf = (call: Call): "iam" | "sts" => reference[paramsOf(call).get("Action") ?? ""]?.service ?? "iam";

function withParams(call: Call, change: (params: URLSearchParams) => void): Call {
  const params = paramsOf(call);
  change(params);
  return { ...call, query: new URLSearchParams(), body: Buffer.from(params.toString()) };
}

function changed(reply: Reply, change: (xml: string) => string): Reply {
  const { content } = reply;
  if (content === undefined || !("raw" in content) || content.type !== "text/xml") return reply;
  return { ...reply, content: { ...content, raw: change(content.raw) } };
}
