import type { Call } from "../../faults/index.ts";
import { refuse } from "./errors.ts";

/** Parameters of a call: from its form body, and from its query, for the Query protocol allows either. */
export function paramsOf(call: Call): URLSearchParams {
  const params = new URLSearchParams(call.query);
  for (const [name, value] of new URLSearchParams(call.body.toString("utf8"))) params.append(name, value);
  return params;
}

/** Reads parameters by the constraints that the reference puts on them; what does not fit is a ValidationError. */
export class Params {
  readonly #params: URLSearchParams;

  constructor(params: URLSearchParams) {
    this.#params = params;
  }

  get(name: string): string | null {
    return this.#params.get(name);
  }

  text(name: string): string {
    const value = this.#params.get(name);
    if (value === null) throw refuse.validation(violated("null", name, "Member must not be null"));
    return value;
  }

  /** A name of a user, a group, a role or a policy. */
  name(name: string, maxLength = 128): string {
    const value = this.text(name);
    if (value === "") {
      throw refuse.validation(violated("''", name, "Member must have length greater than or equal to 1"));
    }
    if (value.length > maxLength) {
      throw refuse.validation(
        violated(`'${value}'`, name, `Member must have length less than or equal to ${maxLength}`),
      );
    }
    if (!/^[\w+=,.@-]+$/.test(value)) {
      const may = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
      throw refuse.validation(`The specified value for ${camel(name)} is invalid. ${may}`);
    }
    return value;
  }

  integer(name: string, { min, max, otherwise }: { min: number; max: number; otherwise: number }): number {
    const text = this.#params.get(name);
    if (text === null) return otherwise;
    const value = Number(text);
    if (text === "" || !Number.isInteger(value)) throw refuse.validation(`${name} must be an integer`);
    if (value < min) {
      throw refuse.validation(violated(`'${text}'`, name, `Member must have value greater than or equal to ${min}`));
    }
    if (value > max) {
      throw refuse.validation(violated(`'${text}'`, name, `Member must have value less than or equal to ${max}`));
    }
    return value;
  }

  /** `true` or `false`; null when left out. */
  flag(name: string): boolean | null {
    const value = this.#params.get(name);
    return value === null ? null : value === "true";
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.text(name);
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    const wanted = `Member must satisfy enum value set: [${values.join(", ")}]`;
    throw refuse.validation(violated(`'${value}'`, name, wanted));
  }

  /** `Active` or `Inactive`, as whether it is active. */
  status(name = "Status"): boolean {
    return this.oneOf(name, ["Active", "Inactive"]) === "Active";
  }

  /** `Name.member.1`, `Name.member.2`, ... */
  list(name: string): string[] {
    const values: string[] = [];
    for (let at = 1; ; at += 1) {
      const value = this.#params.get(`${name}.member.${at}`);
      if (value === null) return values;
      values.push(value);
    }
  }

  /** `Name.member.1.Key` and `Name.member.1.Value`, ... */
  tags(name = "Tags"): { Key: string; Value: string }[] {
    const tags: { Key: string; Value: string }[] = [];
    for (let at = 1; ; at += 1) {
      const key = this.#params.get(`${name}.member.${at}.Key`);
      if (key === null) return tags;
      tags.push({ Key: key, Value: this.#params.get(`${name}.member.${at}.Value`) ?? "" });
    }
  }
}

/** How AWS words a constraint that does not hold. */
function violated(shown: string, name: string, constraint: string): string {
  return `1 validation error detected: Value ${shown} at '${camel(name)}' failed to satisfy constraint: ${constraint}`;
}

function camel(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
