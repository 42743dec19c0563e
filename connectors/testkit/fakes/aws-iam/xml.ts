/** What an answer holds; a list becomes `<member>` elements, a map `<entry>` elements, a date ISO 8601, what is undefined or null is left out. */
export type Xml =
  | string
  | number
  | boolean
  | Date
  | readonly Xml[]
  | ReadonlyMap<string, string | number>
  | { readonly [name: string]: Xml | null | undefined };

/** One element and what is in it. */
export function element(name: string, value: Xml, attributes = ""): string {
  const inner = content(value);
  return inner === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

function content(value: Xml): string {
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, string | number>)];
    return entries.map(([key, one]) => element("entry", { key, value: one })).join("");
  }
  if (Array.isArray(value)) return (value as readonly Xml[]).map((one) => element("member", one)).join("");
  if (typeof value !== "object") return escape(String(value));
  return Object.entries(value)
    .map(([name, one]) => (one === undefined || one === null ? "" : element(name, one)))
    .join("");
}

function escape(text: string): string {
  return text.replace(/[<>&"\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}
