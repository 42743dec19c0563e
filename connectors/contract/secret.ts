import { z } from "zod";
import { Secret } from "../../src/domain/secret.ts";

export { Secret } from "../../src/domain/secret.ts";

/** A field of a target's answer that is a secret: wrapped as it is read, so that it has no plain form anywhere. */
export const secretText = z.string().transform((value) => new Secret(value));
