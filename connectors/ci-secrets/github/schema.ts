import { z } from "zod";

/**
 * What GitHub answers, as far as it is read; evidence keeps these fields and no others.
 * @see https://docs.github.com/en/rest/actions/secrets
 * @see https://docs.github.com/en/rest/deployments/environments
 */
const id = z.int().min(1);
const instant = z.iso.datetime({ offset: true });

export const user = z.object({ id, login: z.string().min(1) });
export const users = z.array(user);

export const organization = z.object({ id, login: z.string().min(1) });

export const membership = z.object({
  state: z.enum(["active", "pending"]),
  role: z.enum(["admin", "member", "billing_manager"]),
  user: user.nullish(),
});

export const repository = z.object({
  id,
  name: z.string().min(1),
  private: z.boolean(),
  visibility: z.string().nullish(),
});
export type RepositoryRow = z.output<typeof repository>;
export const repositories = z.array(repository);

/** `permission` has the four base levels; `role_name` may be the organization's own word. */
export const permission = z.object({
  permission: z.enum(["admin", "write", "read", "none"]),
  user: user.nullish(),
});

const named = { name: z.string().min(1), created_at: instant, updated_at: instant };
export const secret = z.object({ ...named });
export const organizationSecret = z.object({ ...named, visibility: z.enum(["all", "private", "selected"]) });
export type SecretAnswer = z.output<typeof secret>;

export const secrets = z.object({ total_count: z.int(), secrets: z.array(secret) });
export const organizationSecrets = z.object({ total_count: z.int(), secrets: z.array(organizationSecret) });
export const selectedRepositories = z.object({ total_count: z.int(), repositories: z.array(z.object({ id })) });

export const publicKey = z.object({ key_id: z.string().min(1), key: z.string().min(1) });

const reviewer = z.object({
  type: z.string().nullish(),
  reviewer: z.object({ id, login: z.string().nullish(), slug: z.string().nullish() }).nullish(),
});

export const environment = z.object({
  name: z.string().min(1),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        prevent_self_review: z.boolean().nullish(),
        reviewers: z.array(reviewer).nullish(),
      }),
    )
    .nullish(),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});
export type EnvironmentAnswer = z.output<typeof environment>;
export const environments = z.object({ environments: z.array(environment).nullish() });
