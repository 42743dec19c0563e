import { inspect } from "node:util";

/**
 * A secret value. It prints as `[redacted]` wherever it could leak by accident: string conversion, JSON, util.inspect.
 * Only `reveal` gives the value, so that a search for `reveal(` finds every use.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [inspect.custom](): string {
    return "[redacted]";
  }
}
