/**
 * Who may know whom (ARCHITECTURE.md, "The house"). `allow` lists, for each room, the rooms it may import from;
 * everything else between rooms is an error. test/integration/architecture.test.ts plants violations and expects them caught.
 */
const infrastructure = ["src/store", "src/queue", "src/signing", "src/config", "src/telemetry"];
const stages = ["src/stages"];
const allow = {
  "src/domain": [],
  "src/certificate": [],
  "src/verifier": ["src/certificate"],
  "connectors/contract": ["src/domain"],
  "connectors/testkit": [],
  // The kit drives a connector through the host and the stages, as the engine does; fakes know none of it.
  "connectors/testkit/conformance": ["src/domain", "connectors/contract", "src/stages", "connectors/testkit"],
  "src/stages": ["src/domain", "src/certificate", "connectors/contract"],
  ...Object.fromEntries(infrastructure.map((room) => [room, ["src/domain", "src/certificate", "src/config"]])),
  "src/scim": ["src/domain", ...stages, ...infrastructure],
  "src/http": ["src/domain", "src/certificate", "src/scim", ...stages, ...infrastructure],
  "src/cli": ["src/domain", "src/certificate", "src/verifier", ...stages, ...infrastructure],
  workers: ["src/domain", "src/certificate", "connectors/contract", ...stages, ...infrastructure],
};
const roots = ["^src/api\\.ts$", "^workers/main\\.ts$", "^src/cli/(main|wire)\\.ts$", "^src/cli/demo/"];
const escape = (path) => path.replaceAll("/", "\\/");
const rooms = Object.keys(allow);

const roomRules = rooms.map((room) => ({
  name: `${room.replaceAll("/", "-")}-knows-too-much`,
  comment: `${room} may import from: ${[room, ...allow[room]].join(", ")}`,
  severity: "error",
  from: {
    path: `^${escape(room)}\\/`,
    pathNot: [
      ...roots,
      ...rooms.filter((other) => other.startsWith(`${room}/`)).map((inner) => `^${escape(inner)}\\/`),
    ],
  },
  to: {
    path: "^(src|connectors|workers|test|tools)\\/",
    pathNot: [room, ...allow[room]].map((known) => `^${escape(known)}\\/`),
  },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: "connector-knows-too-much",
      comment:
        "A connector knows the contract, the domain, its own folder and how a vendor is called (connectors/vendors); never another connector, never the testkit.",
      severity: "error",
      from: { path: "^connectors\\/(?!contract\\/|testkit\\/)([^/]+)\\/" },
      to: {
        path: "^(src|connectors|workers|test|tools)\\/",
        pathNot: ["^connectors\\/$1\\/", "^connectors\\/vendors\\/", "^connectors\\/contract\\/", "^src\\/domain\\/"],
      },
    },
    {
      name: "fakes-only-in-tests-and-demo",
      comment: "A fake target must never be reachable from the product.",
      severity: "error",
      from: { path: "^(src|connectors|workers)\\/", pathNot: ["^connectors\\/testkit\\/", "^src\\/cli\\/demo\\/"] },
      to: { path: "^connectors\\/testkit\\/" },
    },
    {
      name: "verifier-stands-alone",
      comment: "The verifier must run from the format, Node's own modules and one canonicaliser.",
      severity: "error",
      from: { path: "^src\\/(verifier|certificate)\\/" },
      to: { dependencyTypes: ["npm"], pathNot: ["node_modules\\/canonicalize\\/"] },
    },
    { name: "no-cycles", severity: "error", from: { pathNot: "^src\\/store\\/generated\\/" }, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "not-to-dev-dependency",
      severity: "error",
      from: { path: "^(src|connectors|workers)\\/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: ["node_modules\\/@types\\/"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src\\/store\\/generated\\/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
