import type { CheckReport } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { credentialKinds } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";

type CheckFinding = CheckReport["findings"][number];

/** Reads only: what this Kong is, what our credential may see of it, and whether the probe can tell anything. */
export async function checkKong(deps: KongDeps): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  for (const part of [checkCollections, checkNode, checkProbe]) {
    findings.push(...(await part(deps).catch(toFinding)));
    if (findings.some(({ what }) => what === notAccepted)) break; // the rest would only say so again
  }
  return { ok: findings.every(({ level }) => level !== "error"), findings };
}

const notAccepted = "Kong does not accept our token";

/** What cannot be looked at is a finding too; anything but a failed exchange is our bug. */
function toFinding(thrown: unknown): readonly CheckFinding[] {
  if (!(thrown instanceof ConnectorError)) throw thrown;
  const fix = thrown.code === "forbidden" ? "Add the permission read / to the role of our RBAC user" : null;
  return [{ level: thrown.code === "forbidden" ? "warning" : "error", what: thrown.message, fix }];
}

async function checkNode({ kong, settings }: KongDeps): Promise<readonly CheckFinding[]> {
  const node = await kong.node();
  if (node === null) {
    return [{ level: "error", what: "no Kong Admin API answers at adminUrl", fix: "Check adminUrl and workspace" }];
  }
  const { database, role } = node.configuration ?? {};
  const available = node.plugins?.available_on_server;
  const found: CheckFinding[] = [{ level: "ok", what: `Kong ${node.version}`, fix: null }];
  if (database === "off") {
    const what = "this Kong runs without a database: credentials can be seen and not deleted";
    found.push({ level: "error", what, fix: "Point adminUrl at a control plane that has a database" });
  }
  if (typeof available === "object" && available !== null && available["request-termination"] === undefined) {
    const what = "the plugin request-termination is not loaded: consumers cannot be frozen";
    found.push({ level: "warning", what, fix: "Add it to `plugins` in kong.conf" });
  }
  if (role === "control_plane" && settings.probeUrl === undefined) {
    const what = "data planes may serve a deleted key for a while, and nothing looks there";
    found.push({ level: "warning", what, fix: "Set probeUrl to a route that asks for an API key" });
  }
  return found;
}

async function checkCollections({ kong }: KongDeps): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  const collections = ["consumers", ...credentialKinds.map(({ collection }) => collection), "oauth2_tokens"];
  for (const collection of collections) {
    const status = await kong.look(collection);
    if (status === 401) {
      const fix = "Set secrets.adminToken to the token of an RBAC user";
      return [...found, { level: "error", what: notAccepted, fix }];
    }
    if (status === 403) {
      const fix = `Add the permission read /${collection} to the role of our RBAC user`;
      found.push({ level: "error", what: `${collection} cannot be read`, fix });
    }
    if (status === 404) {
      const isBasis = collection === "consumers";
      const fix = isBasis ? "Check adminUrl and workspace" : "Nothing to do if its plugin is not used here";
      found.push({ level: isBasis ? "error" : "warning", what: `this Kong does not know ${collection}`, fix });
    }
  }
  return found;
}

/** Without a key the proxy must say 401 by itself: else it lets anybody in, and a probe there would prove nothing. */
async function checkProbe({ kong, settings }: KongDeps): Promise<readonly CheckFinding[]> {
  if (settings.probeUrl === undefined) return [];
  const { status, reachedUpstream } = await kong.tryKey(settings.probeUrl, null);
  if (status === 401 && !reachedUpstream) return [{ level: "ok", what: "probeUrl asks for a key", fix: null }];
  const what = `probeUrl answers ${status} to a request without a key: it cannot tell a dead key from a live one`;
  return [{ level: "error", what, fix: "Use a route with the key-auth plugin and without an anonymous consumer" }];
}
