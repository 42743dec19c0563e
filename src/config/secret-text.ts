import { inspect } from "node:util";

/**
 * A secret read from where the configuration points. It prints as `[redacted]` wherever it could leak by accident;
 * only `reveal` gives the value. The composition root turns the secrets of a target into the contract's own `Secret`.
 */
export class SecretText {
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
