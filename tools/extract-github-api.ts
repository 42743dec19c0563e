import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/**
 * Writes the part of GitHub's own API description that the fake GitHub needs (connectors/testkit/fakes/github/
 * github-api.ts): parameters, bodies and answers of the operations below, with the schemas they reach, as plain JSON Schema,
 * without texts and examples.
 *
 * Usage: npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz && tsx tools/extract-github-api.ts package
 */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = Record<string, Json>;

/** By path template as the description spells it: the methods. */
const wanted: Readonly<Record<string, string>> = {
  // The app and its installation
  "/app": "GET",
  "/app/installations": "GET",
  "/app/installations/{installation_id}": "GET",
  "/app/installations/{installation_id}/access_tokens": "POST",
  "/installation/repositories": "GET",
  "/installation/token": "DELETE",
  "/orgs/{org}/installation": "GET",
  "/rate_limit": "GET",
  // Users
  "/user": "GET",
  "/user/{account_id}": "GET",
  "/users/{username}": "GET",
  "/users/{username}/keys": "GET",
  // The organization and who belongs to it
  "/orgs/{org}": "GET",
  "/orgs/{org}/members": "GET",
  "/orgs/{org}/members/{username}": "GET DELETE",
  "/orgs/{org}/memberships/{username}": "GET PUT DELETE",
  "/orgs/{org}/outside_collaborators": "GET",
  "/orgs/{org}/outside_collaborators/{username}": "PUT DELETE",
  "/orgs/{org}/invitations": "GET POST",
  "/orgs/{org}/invitations/{invitation_id}": "DELETE",
  "/orgs/{org}/invitations/{invitation_id}/teams": "GET",
  "/orgs/{org}/failed_invitations": "GET",
  "/orgs/{org}/organization-roles": "GET",
  "/orgs/{org}/organization-roles/{role_id}": "GET",
  "/orgs/{org}/organization-roles/{role_id}/teams": "GET",
  "/orgs/{org}/organization-roles/{role_id}/users": "GET",
  "/orgs/{org}/organization-roles/users/{username}": "DELETE",
  "/orgs/{org}/organization-roles/users/{username}/{role_id}": "PUT DELETE",
  // Teams
  "/orgs/{org}/teams": "GET",
  "/orgs/{org}/teams/{team_slug}": "GET",
  "/orgs/{org}/teams/{team_slug}/invitations": "GET",
  "/orgs/{org}/teams/{team_slug}/members": "GET",
  "/orgs/{org}/teams/{team_slug}/memberships/{username}": "GET PUT DELETE",
  "/orgs/{org}/teams/{team_slug}/repos": "GET",
  "/orgs/{org}/teams/{team_slug}/teams": "GET",
  // The enterprise
  "/enterprises/{enterprise}/credential-authorizations/{username}/revoke": "POST",
  "/enterprises/{enterprise}/credential-authorizations/{username}/revoke-credential-type": "POST",
  "/enterprises/{enterprise}/teams": "GET",
  "/enterprises/{enterprise}/teams/{enterprise-team}/memberships": "GET",
  "/enterprises/{enterprise}/teams/{enterprise-team}/memberships/remove": "POST",
  "/enterprises/{enterprise}/teams/{enterprise-team}/memberships/{username}": "GET DELETE",
  "/enterprises/{enterprise}/teams/{enterprise-team}/organizations": "GET",
  // Repositories
  "/orgs/{org}/repos": "GET",
  "/repos/{owner}/{repo}": "GET",
  "/repos/{owner}/{repo}/collaborators": "GET",
  "/repos/{owner}/{repo}/collaborators/{username}": "GET PUT DELETE",
  "/repos/{owner}/{repo}/collaborators/{username}/permission": "GET",
  "/repos/{owner}/{repo}/forks": "GET",
  "/repos/{owner}/{repo}/invitations": "GET",
  "/repos/{owner}/{repo}/invitations/{invitation_id}": "PATCH DELETE",
  "/repos/{owner}/{repo}/keys": "GET POST",
  "/repos/{owner}/{repo}/keys/{key_id}": "GET DELETE",
  "/repos/{owner}/{repo}/teams": "GET",
  // Credentials of people
  "/credentials/revoke": "POST",
  "/orgs/{org}/credential-authorizations": "GET",
  "/orgs/{org}/credential-authorizations/{credential_id}": "DELETE",
  "/orgs/{org}/credential-authorizations/{username}/revoke": "POST",
  "/orgs/{org}/credential-authorizations/{username}/revoke-credential-type": "POST",
  "/orgs/{org}/personal-access-token-requests": "GET POST",
  "/orgs/{org}/personal-access-token-requests/{pat_request_id}": "POST",
  "/orgs/{org}/personal-access-token-requests/{pat_request_id}/repositories": "GET",
  "/orgs/{org}/personal-access-tokens": "GET POST",
  "/orgs/{org}/personal-access-tokens/{pat_id}": "POST",
  "/orgs/{org}/personal-access-tokens/{pat_id}/repositories": "GET",
  // Provisioning
  "/scim/v2/organizations/{org}/Users": "GET",
  "/scim/v2/organizations/{org}/Users/{scim_user_id}": "GET PATCH DELETE",
  // Machines that run workflows
  "/orgs/{org}/actions/runners": "GET",
  "/orgs/{org}/actions/runners/{runner_id}": "GET DELETE",
  "/repos/{owner}/{repo}/actions/runners": "GET",
  "/repos/{owner}/{repo}/actions/runners/{runner_id}": "GET DELETE",
  // Secrets
  ...Object.fromEntries(["actions", "agents", "codespaces", "dependabot"].flatMap(secretsOf)),
  "/repos/{owner}/{repo}/actions/organization-secrets": "GET",
  "/repos/{owner}/{repo}/environments": "GET",
  "/repos/{owner}/{repo}/environments/{environment_name}": "GET",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets": "GET",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key": "GET",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}": "GET PUT DELETE",
};

/** Annotations, and `discriminator`, which repeats what `oneOf` says. */
const dropped = new Set(["title", "description", "example", "examples", "default", "deprecated", "discriminator"]);
const maps = new Set(["properties", "patternProperties"]);

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: tsx tools/extract-github-api.ts <folder of the unpacked package>");
const { version, license } = read("package.json") as { version: string; license: string };
const document = read("generated/ghec.json") as Node;
const reached = new Map<string, Json>();

const operations = Object.fromEntries(
  Object.entries(wanted)
    .flatMap(([path, methods]) => methods.split(" ").map((method) => `${method} ${path}`))
    .map((name) => [name, operationOf(name)]),
);
const description = {
  package: `@octokit/openapi ${version}`,
  licence: license,
  operations,
  schemas: Object.fromEntries([...reached].sort(([a], [b]) => (a < b ? -1 : 1))),
};
const source = `/**
 * GitHub's REST API as GitHub describes it (Enterprise Cloud), reduced to what the fake has. Generated by
 * tools/extract-github-api.ts from @octokit/openapi ${version}, ${license}
 * (https://github.com/github/rest-api-description). Not to be edited.
 */
export const githubApi: unknown = ${JSON.stringify(description)};
`;
const file = fileURLToPath(new URL("../connectors/testkit/fakes/github/github-api.ts", import.meta.url));
writeFileSync(file, await format(source, { parser: "typescript", printWidth: 120, objectWrap: "collapse" }));

function secretsOf(app: string): [string, string][] {
  const org = `/orgs/{org}/${app}/secrets`;
  const repo = `/repos/{owner}/{repo}/${app}/secrets`;
  return [
    [org, "GET"],
    [`${org}/public-key`, "GET"],
    [`${org}/{secret_name}`, "GET PUT DELETE"],
    [`${org}/{secret_name}/repositories`, "GET PUT"],
    [`${org}/{secret_name}/repositories/{repository_id}`, "PUT DELETE"],
    [repo, "GET"],
    [`${repo}/public-key`, "GET"],
    [`${repo}/{secret_name}`, "GET PUT DELETE"],
  ];
}

function operationOf(name: string): Json {
  const [method = "", path = ""] = name.split(" ");
  const item = nodeOf(nodeOf(document.paths)[path]);
  const operation = nodeOf(item[method.toLowerCase()]);
  if (operation.operationId === undefined) throw new Error(`not described: ${name}`);
  const parameters = [item.parameters, operation.parameters].flatMap(listOf).map(resolved);
  const body = resolved(operation.requestBody ?? {});
  const content = schemaIn(body);
  return {
    docs: textOf(nodeOf(operation.externalDocs).url).replace("/enterprise-cloud@latest", ""),
    forApps: nodeOf(operation["x-github"]).enabledForGitHubApps === true,
    query: Object.fromEntries(
      parameters.filter((one) => one.in === "query").map((one) => [textOf(one.name), plain(one.schema ?? {})]),
    ),
    ...(content === undefined ? {} : { body: { required: body.required === true, schema: plain(content) } }),
    answers: Object.fromEntries(
      Object.entries(nodeOf(operation.responses)).map(([status, answer]) => {
        const schema = schemaIn(resolved(answer));
        return [status, schema === undefined ? null : plain(schema)];
      }),
    ),
  };
}

/** The schema of a body, whatever flavour of JSON its type says; undefined where there is no body. */
function schemaIn(holder: Node): Json | undefined {
  const [content] = Object.values(nodeOf(holder.content));
  return nodeOf(content).schema;
}

/** OpenAPI 3.0 schema to JSON Schema: without annotations and `nullable`, references pointing at what was reached. */
function plain(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(plain);
  const node = nodeOf(schema);
  if (typeof node.$ref === "string") return referred(node.$ref);
  const kept: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (dropped.has(key) || key.startsWith("x-") || key === "nullable") continue;
    kept[key] = maps.has(key)
      ? mapValues(value, plain)
      : typeof value === "object" && key !== "enum" && key !== "required"
        ? plain(value)
        : value;
  }
  return node.nullable === true ? orNull(kept) : kept;
}

function orNull(schema: Node): Node {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  const values = schema.enum === undefined ? {} : { enum: [...listOf(schema.enum), null] };
  return { ...schema, type: [schema.type, "null"], ...values };
}

function referred(ref: string): Node {
  const name = ref.replace("#/components/schemas/", "");
  if (!reached.has(name)) {
    reached.set(name, null); // before it is read: a schema may reach itself
    reached.set(name, plain(target(ref)));
  }
  return { $ref: `#/schemas/${name}` };
}

function resolved(value: Json | undefined): Node {
  const node = nodeOf(value);
  return typeof node.$ref === "string" ? resolved(target(node.$ref)) : node;
}

function target(ref: string): Json {
  return ref
    .replace(/^#\//, "")
    .split("/")
    .reduce<Json>((at, step) => nodeOf(at)[step] ?? null, document);
}

function mapValues(value: Json, change: (one: Json) => Json): Json {
  return Object.fromEntries(Object.entries(nodeOf(value)).map(([key, one]) => [key, change(one)]));
}

function nodeOf(value: Json | undefined): Node {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(resolve(folder ?? "", file), "utf8"));
}
