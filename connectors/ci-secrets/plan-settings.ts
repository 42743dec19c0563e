import { z } from "zod";
import { duration } from "./duration.ts";
import { secretStores } from "./place.ts";

/** Who issues a value, and the words a template may use for its parts. */
export const issuerParts = {
  "aws-access-key": ["accessKeyId", "secretAccessKey"],
  "kong-key": ["key"],
} as const;

export type IssuerKind = keyof typeof issuerParts;

const defaultTemplates: Readonly<Record<IssuerKind, string>> = {
  "aws-access-key": "{accessKeyId}:{secretAccessKey}",
  "kong-key": "{key}",
};

/** GitHub keeps names in capitals, whatever is typed. */
const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of a secret")
  .transform((name) => name.toUpperCase());

const consumer = z
  .strictObject({
    in: z.enum(secretStores).describe("Where the secret is kept: actions, dependabot or codespaces"),
    at: z.string().min(1).describe("`organization`, or the name of a repository of the organization"),
    environment: z.string().min(1).optional().describe("An environment of that repository (Actions only)"),
    name: secretName.describe("The secret's name"),
    value: z
      .string()
      .min(1)
      .optional()
      .describe("What is stored, with the parts of the credential in braces; left out: the issuer's usual form"),
  })
  .refine((one) => one.environment === undefined || (one.in === "actions" && one.at !== "organization"), {
    error: "only a repository's Actions secrets can be in an environment",
  });
export type ConsumerSettings = z.output<typeof consumer>;

const issuer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("aws-access-key"), userName: z.string().min(1).describe("The IAM user") }),
  z.strictObject({
    kind: z.literal("kong-key"),
    consumer: z.string().min(1).describe("The consumer, by id or username"),
  }),
]);

export const plan = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/, "expected small letters, digits and dashes")
      .describe("Names the plan in findings and errors"),
    issuer: issuer.describe("Who issues the credential: an IAM user, or a consumer of Kong"),
    consumers: z.array(consumer).min(1).describe("Every secret that holds a value of this issuer"),
    grace: duration
      .prefault("1h")
      .describe(
        "How long the old credential is kept after the consumers were given the new one: running jobs still have it",
      ),
  })
  .superRefine(({ issuer: { kind }, consumers }, context) => {
    for (const [index, { value }] of consumers.entries()) {
      const wrong = value === undefined ? null : wrongIn(value, issuerParts[kind]);
      if (wrong !== null) context.addIssue({ code: "custom", message: wrong, path: ["consumers", index, "value"] });
    }
  });
export type Plan = z.output<typeof plan>;

/** What a consumer of this issuer stores. */
export function templateOf(kind: IssuerKind, { value }: ConsumerSettings): string {
  return value ?? defaultTemplates[kind];
}

/** Puts the parts of a credential into a template; other braces are text, so a template may be JSON. */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(parts, name) ? (parts[name] ?? whole) : whole,
  );
}

function wrongIn(template: string, known: readonly string[]): string | null {
  const used = [...template.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = ""]) => name);
  const stranger = used.find((name) => !known.includes(name));
  const expected = known.map((name) => `{${name}}`).join(" or ");
  if (stranger !== undefined) return `{${stranger}} is not a part of this credential; expected ${expected}`;
  return used.length === 0 ? `a value without ${expected} would be the same for ever` : null;
}
