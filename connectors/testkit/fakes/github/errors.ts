import type { Reply } from "../../faults/index.ts";

/** A refusal in GitHub's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: { fields?: object; headers?: Record<string, string> } = {}) {
    super(message);
    this.status = status;
    this.fields = { ...more.fields };
    this.headers = more.headers ?? {};
  }

  /** @param docs the page of the operation, as `documentation_url`. */
  reply(docs: string): Reply {
    const json = { message: this.message, ...this.fields, documentation_url: docs, status: String(this.status) };
    return { status: this.status, headers: this.headers, content: { json } };
  }
}

/** @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
export const refuse = {
  notFound: () => new Refusal(404, "Not Found"),
  badCredentials: () => new Refusal(401, "Bad credentials"),
  requiresAuthentication: () => new Refusal(401, "Requires authentication"),
  jwt: (message: string) => new Refusal(401, message),
  notForApps: () => new Refusal(403, "Resource not accessible by integration"),
  notForToken: () => new Refusal(403, "Resource not accessible by personal access token"),
  notAdmin: () => new Refusal(403, "Must have admin rights to Repository."),
  forbidden: (message: string) => new Refusal(403, message),
  /** @see https://docs.github.com/enterprise-cloud@latest/rest/authentication/authenticating-to-the-rest-api */
  sso: (organization: string) =>
    new Refusal(
      403,
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
      { headers: { "x-github-sso": `required; url=https://github.com/orgs/${organization}/sso` } },
    ),
  notJson: () => new Refusal(400, "Problems parsing JSON"),
  notAnObject: () => new Refusal(400, "Body should be a JSON object"),
  invalid: (detail: string) => new Refusal(422, `Invalid request.\n\n${detail}`),
  unprocessable: (message: string) => new Refusal(422, message),
  validation: (resource: string, field: string, code: string) =>
    new Refusal(422, "Validation Failed", { fields: { errors: [{ resource, field, code }] } }),
  scim: (status: number, detail: string) =>
    new Refusal(status, detail, {
      fields: { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], detail, status },
    }),
};
