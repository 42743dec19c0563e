import { Agent, ProxyAgent } from "undici";
import type { Dispatcher } from "undici";
import { guardedLookup } from "./egress.ts";
import type { EgressPolicy, Resolve } from "./egress.ts";
import type { Redactor } from "./redactor.ts";

const maxHeaderBytes = 32 * 1024;
const maxConnections = 8;

export interface DispatcherOptions extends EgressPolicy {
  redactor: Redactor;
  ca?: string;
  outboundProxy?: string;
  resolve?: Resolve;
  connectMs: number;
  callMs: number;
}

/** The sockets of one target: straight, with every address checked as it is resolved, or through the operator's proxy. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { ca, outboundProxy, redactor, connectMs: timeout, callMs } = options;
  const tls = ca === undefined ? {} : { ca };
  const common = {
    connections: maxConnections,
    headersTimeout: callMs,
    bodyTimeout: callMs,
    maxHeaderSize: maxHeaderBytes,
    allowH2: false,
  };
  if (outboundProxy === undefined) {
    return new Agent({ ...common, connect: { timeout, lookup: guardedLookup(options, options.resolve), ...tls } });
  }
  const { password } = new URL(outboundProxy);
  if (password !== "") redactor.register(decodeURIComponent(password));
  return new ProxyAgent({ ...common, uri: outboundProxy, requestTls: { timeout, ...tls }, proxyTls: { timeout } });
}
