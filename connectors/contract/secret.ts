import { inspect } from "node:util";
import { z } from "zod";

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

/** A field of a target's answer that is a secret: wrapped as it is read, so that it has no plain form anywhere. */
export const secretText = z.string().transform((value) => new Secret(value));
