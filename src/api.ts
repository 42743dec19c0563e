import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { LoadedConfig, Listen } from "./config/index.ts";
import { CodedError, messageOf } from "./domain/error.ts";
import type { Fault } from "./domain/fault.ts";
import { newId } from "./domain/id.ts";
import { createAdminApp, createHttpApp } from "./http/app.ts";
import type { HttpDeps, Readiness } from "./http/deps.ts";
import type { Runtime } from "./open-runtime.ts";
import { createAuthenticator, createScimRouter } from "./scim/index.ts";
import { jwksOf, trustFileOf } from "./signing/index.ts";
import { issueInterim } from "./stages/certify/certify-case.ts";
import { ensureOperatorToken } from "./store/operator-token.ts";
import { createPeople } from "./store/people/index.ts";
import type { People } from "./store/people/index.ts";
import { findToken } from "./store/tokens.ts";
import { backlogAges } from "./store/wakes.ts";

export interface RunningApi {
  urls: { api: string; admin: string };
  stop(): Promise<void>;
  failed: Promise<Error>;
}

export type ListenErrorCode = "port-in-use" | "listen-refused";

/** A listener could not be opened. */
export class ListenError extends CodedError<ListenErrorCode> {
  override readonly name = "ListenError";
}

/** An audit row that waited longer than this for its place in the chain is an alarm (design section 5). */
const unsealedAlarmMs = 10_000;
const drainMs = 10_000;

export interface ApiOptions extends Pick<HttpDeps, "sealProbe"> {
  operatorTokenFile: string;
  servesApi: boolean;
}

/** Composition root of the HTTP process. A worker serves health and metrics alone, and has no public port. */
export async function startApi(
  runtime: Runtime,
  { operatorTokenFile, servesApi, sealProbe }: ApiOptions,
): Promise<RunningApi> {
  const { config, pool } = runtime;
  const listeners: Server[] = [];
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  const open = async (name: string, at: Listen, app: RequestListener): Promise<string> => {
    const server = config.tls === null || name === "adminListen" ? createServer(app) : tlsServer(config, app);
    // Slow and half-open senders are cut off (T17).
    Object.assign(server, { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
    await listen(name, server, at);
    server.on("error", (error) => fail(error));
    listeners.push(server);
    return addressOf(server, config.tls !== null && name === "listen");
  };

  let apiUrl = "";
  // The public address is in what SCIM answers, so the listener is open before the application is made.
  let app: RequestListener = (_req, res) => res.writeHead(503, { "retry-after": "1" }).end();
  if (servesApi) {
    apiUrl = await open("listen", config.listen, (req, res) => app(req, res));
    await ensureOperatorToken({ pool, file: operatorTokenFile });
  }
  const deps = await httpDeps(runtime, apiUrl, sealProbe);
  if (servesApi) app = createHttpApp(deps);
  const adminUrl = await open("adminListen", config.adminListen, createAdminApp(deps));
  return {
    urls: { api: apiUrl, admin: adminUrl },
    failed,
    async stop() {
      await Promise.all(listeners.map(close));
    },
  };
}

async function httpDeps(runtime: Runtime, apiUrl: string, sealProbe: HttpDeps["sealProbe"]): Promise<HttpDeps> {
  const { config, pool, queue, signer, caseOpener, isProtected, fault, log, metrics, stopping } = runtime;
  const publicUrl = config.publicUrl ?? apiUrl;
  const people = withFault(createPeople({ pool, cases: caseOpener, isProtected }), fault);
  const sources = config.sources.map((source) => ({
    name: source.name,
    dialect: source.dialect,
    bareToken: source.bareToken,
    tokens: source.tokens.map((token) => token.value.reveal()),
  }));
  for (const token of sources.flatMap((source) => source.tokens)) runtime.redactor.register(token);

  // Read once: a rotation restarts the process.
  const keys = await signer.keys();
  const trust = { jwks: jwksOf(keys), trustFile: JSON.parse(trustFileOf(keys, config.organization)) as object };
  metrics.beforeScrape(async () => {
    const [ages, depths] = await Promise.all([backlogAges(pool), queue.depths()]);
    metrics.setBacklog({
      outboxAgeMs: ages.outboxMs,
      unsealedAuditAgeMs: ages.unsealedMs,
      queues: Object.entries(depths).flatMap(([name, depth]) =>
        Object.entries(depth).map(([state, count]) => ({ queue: name, state, count: Number(count) })),
      ),
    });
  });
  return {
    pool,
    log,
    clock: () => new Date(),
    newId,
    organization: config.organization,
    publicUrl: publicUrl.replace(/\/$/, ""),
    basePath: config.basePath,
    trustedProxies: config.trustedProxies,
    scimRouter: createScimRouter({
      people,
      baseUrl: `${publicUrl.replace(/\/$/, "")}${config.publicUrl === null ? config.basePath : ""}/scim/v2`,
      log,
      authenticate: createAuthenticator({
        sources,
        findMinted: async (token) => (await findToken(pool, token, "source"))?.source ?? null,
      }),
    }),
    hooksRouter: null,
    caseOpener,
    isProtected,
    trust: () => trust,
    issueInterim: async (caseId) => {
      const issued = await issueInterim(caseId, runtime.certify);
      if (issued === null) throw new Error(`case ${caseId} does not exist`);
      return issued;
    },
    sealProbe,
    startPreview: async (previewId) => {
      await pool.query(`INSERT INTO outbox (kind, case_id) VALUES ('preview', $1)`, [previewId]);
    },
    targets: () => config.targets.map(({ name, connector, mode }) => ({ name, connector, mode })),
    sources: () => config.sources.map((source) => source.name),
    ready: () => readiness(runtime),
    requestEnded: (request) => metrics.requestEnded(request),
    metrics: async () => (await metrics.scrape()).text,
    stopping,
  };
}

/** A test can end the process between the commit of a notice and its answer (F01). */
function withFault(people: People, fault: Fault): People {
  const committed = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    await fault("receive.after-commit");
    return result;
  };
  return {
    ...people,
    create: (...given) => committed(people.create(...given)),
    change: (...given) => committed(people.change(...given)),
    remove: (...given) => committed(people.remove(...given)),
  };
}

async function readiness({ pool, queue }: Runtime): Promise<Readiness> {
  const check = async (work: () => Promise<string | void>): Promise<{ ok: boolean; detail?: string }> => {
    try {
      const complaint = await work();
      return typeof complaint === "string" ? { ok: false, detail: complaint } : { ok: true };
    } catch (error) {
      return { ok: false, detail: messageOf(error) };
    }
  };
  const [database, waiting, sealer] = await Promise.all([
    check(async () => void (await pool.query("SELECT 1"))),
    check(() => queue.ping()),
    check(async () => {
      const { unsealedMs } = await backlogAges(pool);
      return unsealedMs > unsealedAlarmMs
        ? `an audit row has waited ${Math.round(unsealedMs / 1_000)} s for its seal`
        : undefined;
    }),
  ]);
  const checks = { database, migrations: database, queue: waiting, sealer };
  return { ok: Object.values(checks).every((one) => one.ok), checks };
}

function tlsServer(config: LoadedConfig, app: RequestListener): Server {
  return createTlsServer({ cert: config.tls?.cert.reveal(), key: config.tls?.key.reveal() }, app);
}

async function listen(name: string, server: Server, { host, port }: Listen): Promise<void> {
  server.listen({ host, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") {
      throw new ListenError(
        "port-in-use",
        `${name}: ${host}:${port} is taken by another program. Stop it, or set ${name} to another port (0 lets the system choose)`,
        { cause: error },
      );
    }
    throw new ListenError("listen-refused", `${name}: cannot listen on ${host}:${port} (${code ?? messageOf(error)})`, {
      cause: error,
    });
  }
}

function addressOf(server: Server, tls: boolean): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  return `${tls ? "https" : "http"}://${family === "IPv6" && host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Takes no more requests, lets those under way end, then cuts what is left. */
async function close(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  server.close();
  server.closeIdleConnections();
  await once(server, "close");
  clearTimeout(cut);
}
