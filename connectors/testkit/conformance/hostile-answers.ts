import {
  cutsAfter,
  emptyBody,
  hugeBody,
  htmlBody,
  redirects,
  rewrites,
  truncatedJson,
  wrongTypes,
} from "../faults/index.ts";
import type { Fault } from "../faults/index.ts";

const gigabyte = 1024 ** 3;

/** Answers of an API that speaks JSON which are none, by name. */
export const jsonHostileAnswers: Readonly<Record<string, Fault>> = {
  "a page of HTML": htmlBody(),
  nothing: emptyBody(),
  "wrong types": wrongTypes(),
  "half of the JSON": truncatedJson(),
  "an answer that breaks off": cutsAfter(5),
  "a gigabyte": hugeBody(gigabyte),
  "JSON of another shape": rewrites("another-shape", (reply) => ({ ...reply, content: { json: ["surprise"] } })),
};

/** Sends the caller to another server, which must not be called. */
export const redirectElsewhere = (url: string): Fault => redirects(url, 302);
