import { plugins } from "./plugin-configs.ts";
import type { Json } from "./store.ts";

/** `GET /`: version, edition, and which plugins there are. */
export function aboutNode(nodeId: string, isEnterprise: boolean): Json {
  return {
    version: "3.14.0",
    edition: isEnterprise ? "enterprise" : "community",
    tagline: "Welcome to kong",
    hostname: "fake-kong",
    node_id: nodeId,
    lua_version: "LuaJIT 2.1.0-fake",
    configuration: { role: "control_plane", database: "postgres" },
    plugins: {
      available_on_server: Object.fromEntries(Object.keys(plugins).map((name) => [name, { version: "3.14.0" }])),
      enabled_in_cluster: Object.keys(plugins),
    },
  };
}

/** `GET /status`. */
export function aboutStatus(): Json {
  return {
    database: { reachable: true },
    server: { connections_active: 1, total_requests: 1 },
    memory: { workers_lua_vms: [], lua_shared_dicts: {} },
    configuration_hash: "00000000000000000000000000000000",
  };
}
