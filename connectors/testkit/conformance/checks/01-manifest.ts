import type { z } from "zod";
import type { Connector, Kind } from "../../../contract/connector.ts";
import type { Check } from "../check.ts";

export const manifest: Check = {
  number: 1,
  name: "manifest",
  title: "the manifest is valid",
  async run(bench) {
    const { connector, subject } = bench;
    const { settings } = await bench.world();
    const parsed = connector.settings.safeParse(settings);
    return [
      ...naming(connector),
      ...schemas(connector),
      ...permissions(connector),
      ...Object.entries(connector.kinds).flatMap(([name, kind]) => ofKind(name, kind, connector)),
      ...circles(connector),
      ...(parsed.success ? origins(connector.origins(parsed.data)) : [`the world's settings are refused`]),
      ...doubles(connector.reads).map((read) => `${read} is listed twice in reads`),
      ...(subject.name.startsWith(connector.id)
        ? []
        : [`the subject ${subject.name} is not named after its connector`]),
      ...((connector.freeze === undefined) === (connector.unfreeze === undefined)
        ? []
        : ["a freeze without its unfreeze, or the other way round"]),
    ];
  },
};

function naming({ id, version, apiVersion, title, kinds }: Connector): readonly string[] {
  return [
    ...(/^[a-z][a-z0-9-]{1,40}$/.test(id) ? [] : [`${id} is no connector id`]),
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`${version} is no version`]),
    ...((apiVersion as number) === 1 ? [] : [`apiVersion ${String(apiVersion)} is not 1`]),
    ...(title.trim() === "" ? ["no title"] : []),
    ...(Object.keys(kinds).length === 0 ? ["no kind of access"] : []),
    ...Object.keys(kinds)
      .filter((kind) => !/^[a-z][a-z0-9-]{0,60}$/.test(kind))
      .map((kind) => `${kind} is no name of a kind`),
  ];
}

/** Strict schemas refuse a misspelt field; a setting without a description cannot be documented. */
function schemas({ settings, secrets }: Connector): readonly string[] {
  return Object.entries({ settings, secrets }).flatMap(([which, schema]) => {
    const objects = objectsOf(schema);
    const open = objects.filter(({ _zod }) => _zod.def.catchall?._zod.def.type !== "never");
    const fields = objects.flatMap(({ _zod }) => Object.entries(_zod.def.shape ?? {}));
    const silent = fields.filter(([, field]) => !isDescribed(field) && !isLiteral(field)).map(([name]) => name);
    return [
      ...(objects.length === 0 ? [`${which} is not an object`] : []),
      ...(open.length > 0 ? [`${which} lets unknown fields through; use a strict object`] : []),
      ...silent.map((name) => `${which}.${name} has no description`),
    ];
  });
}

/** As much of zod's definition tree as is read here. */
interface Node {
  _zod: { def: { type: string; shape?: Record<string, Node>; catchall?: Node; options?: Node[]; innerType?: Node } };
  description?: string | undefined;
}

/** The object, or each object of a union. */
function objectsOf(schema: z.ZodType): readonly Node[] {
  const collect = (node: Node): readonly Node[] => {
    const { type, options = [], innerType } = node._zod.def;
    if (type === "object") return [node];
    return [...options, ...(innerType === undefined ? [] : [innerType])].flatMap(collect);
  };
  return collect(schema);
}

/** Described itself, or around what is described: `z.string().describe("...").optional()`. */
function isDescribed(node: Node): boolean {
  const { innerType } = node._zod.def;
  return (node.description ?? "") !== "" || (innerType !== undefined && isDescribed(innerType));
}

/** A field that tells one driver's settings from another's says all by itself. */
function isLiteral({ _zod }: Node): boolean {
  return _zod.def.type === "literal";
}

function permissions({ permissions }: Connector): readonly string[] {
  return [
    ...doubles(permissions.map(({ name, where = "" }) => `${name} ${where}`)).map((name) => `${name} is listed twice`),
    ...permissions.filter(({ why }) => why.trim().length < 10).map(({ name }) => `${name} is not explained`),
    ...(permissions.some((one) => one.for === "read") ? [] : ["no permission to read"]),
  ];
}

function ofKind(name: string, kind: Kind<unknown>, connector: Connector): readonly string[] {
  const { kinds } = connector;
  const can = (["revoke", "disable", "restore", "rotate"] as const).filter((verb) => kind[verb] !== undefined);
  const needs = { delete: ["revoke"], "disable-then-delete": ["disable", "revoke"], rotate: ["rotate"] } as const;
  const wanted: readonly string[] = kind.strategy in needs ? needs[kind.strategy as keyof typeof needs] : [];
  const passive = kind.strategy === "report" || kind.strategy === "cut-off";
  return [
    ...wanted.filter((verb) => !can.some((one) => one === verb)).map((verb) => `${name} cannot ${verb}`),
    ...(passive && can.length > 0 ? [`${name} is only named, and yet can ${can.join(", ")}`] : []),
    ...(kind.strategy !== "rotate" && kind.rotate !== undefined ? [`${name} rotates under another strategy`] : []),
    ...(kind.reversible && !(can.includes("disable") && can.includes("restore"))
      ? [`${name} is called reversible and cannot be disabled and restored`]
      : []),
    ...(kind.restore !== undefined && kind.disable === undefined ? [`${name} restores what it cannot disable`] : []),
    ...(kind.principal === true && kind.disable === undefined && connector.freeze === undefined
      ? [`${name} is the principal and cannot be switched off`]
      : []),
    ...(kind.after ?? [])
      .filter((other) => !(other in kinds))
      .map((other) => `${name} comes after ${other}, unknown here`),
    ...doubles(kind.after ?? []).map((other) => `${name} comes twice after ${other}`),
    ...(kind.title.trim() === "" ? [`${name} has no title`] : []),
    ...(Number.isInteger(kind.settleMs) && kind.settleMs >= 0 ? [] : [`${name} settles in ${kind.settleMs} ms`]),
  ];
}

function circles({ kinds }: Connector): readonly string[] {
  const comesAfterItself = (start: string): boolean => {
    const seen = new Set<string>();
    const queue = [...(kinds[start]?.after ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === start) return true;
      if (!seen.has(next)) queue.push(...(kinds[next]?.after ?? []));
      seen.add(next);
    }
    return false;
  };
  return Object.keys(kinds)
    .filter(comesAfterItself)
    .map((name) => `${name} comes after itself`);
}

function origins(named: readonly string[]): readonly string[] {
  return [
    ...(named.length === 0 ? ["no origin is named"] : []),
    ...named
      .filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
      .map((origin) => `${origin} is no origin`),
  ];
}

function doubles(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}
