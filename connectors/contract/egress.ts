import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import ipaddr from "ipaddr.js";

/** Where one target may be called: the origins its operator wrote, and nothing else (design section 6). */
export interface EgressPolicy {
  origins: readonly string[];
  /** Allows plain http beyond loopback. */
  insecure: boolean;
}

/** Resolves a host name to all its addresses. A test passes one that changes its mind between calls. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** An address or URL that this target may not call. `createTargetHttp` turns it into `egress-refused`. */
export class EgressRefusal extends Error {
  override readonly name = "EgressRefusal";
}

/**
 * Addresses that hand out a machine's own credentials; no operator means them as a target. Link-local ranges are
 * refused whole: every cloud puts its metadata service there, and no API lives there.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 * @see https://cloud.google.com/compute/docs/metadata/querying-metadata
 * @see https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const metadataRanges = [
  "169.254.0.0/16",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
].map((range) => ipaddr.parseCIDR(range));

/** Names of the same services, for calls through a proxy, where the proxy resolves. */
const metadataNames = new Set(["metadata", "metadata.google.internal", "metadata.goog", "instance-data"]);

/**
 * Parses a URL and holds it against the policy before anything is resolved or sent.
 *
 * @param base the origin that a relative URL starts from.
 * @throws {EgressRefusal} saying which rule refuses it.
 */
export function allowedUrl(url: string, base: string | undefined, policy: EgressPolicy): URL {
  const parsed = parseUrl(url, base);
  if (parsed === null) throw new EgressRefusal("the URL cannot be read");
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw new EgressRefusal(`${parsed.protocol} is not a protocol for calling a target`);
  }
  if (parsed.username !== "" || parsed.password !== "") throw new EgressRefusal("the URL carries a user or password");
  const host = bareHost(parsed);
  if (metadataNames.has(host) || (isIP(host) !== 0 && isMetadataAddress(host))) {
    throw new EgressRefusal(`${host} is a metadata service`);
  }
  if (!policy.origins.some((origin) => parseUrl(origin)?.origin === parsed.origin)) {
    throw new EgressRefusal(`${parsed.origin} is not an origin of this target`);
  }
  if (parsed.protocol === "http:" && !policy.insecure && !isLoopbackHost(host)) {
    throw new EgressRefusal(`${parsed.origin} is plain http beyond this machine; use https, or set insecure: true`);
  }
  return parsed;
}

/**
 * A lookup for sockets that holds what the name resolved to against the policy. The socket connects to the very
 * addresses checked here, so a name that changes between check and connection (DNS rebinding) gains nothing.
 */
export function guardedLookup(policy: EgressPolicy, resolve: Resolve = resolveBySystem): LookupFunction {
  const resolveAllowed = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname);
    const [first] = addresses;
    if (first === undefined) throw new Error(`${hostname} resolves to no address`);
    requireAllowed(hostname, addresses, policy);
    return { first, all: [...addresses] };
  });
  return (hostname, options, callback) => {
    resolveAllowed(hostname, (error, found) => {
      if (error !== null) callback(error, "", 0);
      else if (options.all === true) callback(null, found.all);
      else callback(null, found.first.address, found.first.family);
    });
  };
}

function requireAllowed(hostname: string, addresses: readonly LookupAddress[], policy: EgressPolicy): void {
  // One bad address among good ones is refused whole: the socket may pick any of them.
  if (addresses.some(({ address }) => isMetadataAddress(address))) {
    throw new EgressRefusal(`${hostname} resolves to a metadata service`);
  }
  // Only a loopback name passes without TLS, and only while it means this machine. TLS proves the peer by itself.
  if (isLoopbackHost(hostname) && !policy.insecure && !addresses.every(({ address }) => isLoopbackAddress(address))) {
    throw new EgressRefusal(`${hostname} resolves to another machine`);
  }
}

/** Whether an address, in any of its spellings, belongs to a metadata service. An unreadable one does, to be safe. */
export function isMetadataAddress(address: string): boolean {
  const [bare = ""] = address.split("%");
  if (!ipaddr.isValid(bare)) return true;
  return spellingsOf(ipaddr.parse(bare)).some((spelling) =>
    metadataRanges.some(([net, bits]) => net.kind() === spelling.kind() && spelling.match(net, bits)),
  );
}

/**
 * The address itself and the IPv4 address inside it: mapped (::ffff:0:0/96), compatible (::/96), NAT64 (64:ff9b::/96
 * and 64:ff9b:1::/48), 6to4 (2002::/16) and Teredo (2001::/32, inverted).
 * @see RFC 4291 section 2.5.5, RFC 6052 section 2, RFC 8215, RFC 3056 section 2, RFC 4380 section 4
 */
function spellingsOf(address: ipaddr.IPv4 | ipaddr.IPv6): readonly (ipaddr.IPv4 | ipaddr.IPv6)[] {
  if (address instanceof ipaddr.IPv4) return [address];
  const bytes = address.toByteArray();
  const prefix = Buffer.from(bytes).toString("hex");
  const embeddings = [
    { when: /^0{20}(ffff|0000)/, at: 12, inverted: false },
    { when: /^0{16}ffff0000/, at: 12, inverted: false },
    { when: /^0064ff9b/, at: 12, inverted: false },
    { when: /^2002/, at: 2, inverted: false },
    { when: /^20010000/, at: 12, inverted: true },
  ];
  const inside = embeddings.filter(({ when }) => when.test(prefix));
  return [
    address,
    ...inside.map(
      ({ at, inverted }) => new ipaddr.IPv4(bytes.slice(at, at + 4).map((byte) => (inverted ? byte ^ 0xff : byte))),
    ),
  ];
}

function parseUrl(url: string, base?: string): URL | null {
  return URL.canParse(url, base) ? new URL(url, base) : null;
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && isLoopbackAddress(host));
}

function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });
