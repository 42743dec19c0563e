import type { Connector, Kind } from "../../../../../connectors/contract/connector.ts";
import { ConnectorError } from "../../../../../connectors/contract/error.ts";
import type { Finding, Outcome } from "../../../../../src/domain/access.ts";
import type { ToyClient, ToyContext } from "../client.ts";
import { toy } from "../toy.ts";

/** A connector that is wrong in one way, and the check that is meant for it. */
export interface Broken {
  name: string;
  caughtBy: number;
  /** What the check says about it: it is not to fail for another reason. */
  says: RegExp;
  connector: Connector;
}

export function withKind(name: keyof typeof toy.kinds, change: Partial<Kind<ToyClient>>): Connector {
  return { ...toy, kinds: { ...toy.kinds, [name]: { ...toy.kinds[name], ...change } } };
}

/** @param change what is different about the client, given the correct one. */
export function withClient(change: (client: ToyClient, context: ToyContext) => Partial<ToyClient>): Connector {
  const open = async (context: ToyContext): Promise<ToyClient> => {
    const client = await toy.open(context);
    return { ...client, ...change(client, context) };
  };
  return { ...toy, open };
}

/** Whatever the transport throws with this code is treated otherwise. */
export function withTransport(
  code: string,
  instead: (again: () => Promise<unknown>, thrown: ConnectorError) => unknown,
): Connector {
  const open = async (context: ToyContext): Promise<ToyClient> => {
    const send = async (request: Parameters<typeof context.http.send>[0]) => {
      try {
        return await context.http.send(request);
      } catch (thrown) {
        if (!(thrown instanceof ConnectorError) || thrown.code !== code) throw thrown;
        return instead(() => context.http.send(request), thrown);
      }
    };
    return toy.open({ ...context, http: { ...context.http, send: send as typeof context.http.send } });
  };
  return { ...toy, open };
}

/** Answers of one session, kept for its whole life. */
export function remembering<Value>(work: (client: ToyClient, finding: Finding) => Promise<Value>) {
  const kept = new WeakMap<ToyClient, Map<string, Promise<Value>>>();
  return (client: ToyClient, finding: Finding): Promise<Value> => {
    const mine = kept.get(client) ?? new Map<string, Promise<Value>>();
    kept.set(client, mine);
    const value = mine.get(finding.ref) ?? work(client, finding);
    mine.set(finding.ref, value);
    return value;
  };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export const emptyPage = { items: [], next: null };
export const gone: Outcome = { state: "already-gone" };
