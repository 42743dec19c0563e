import { bodyText, type Context, type Handlers, noContent, ok, timestamp, timestampOrNull } from "../context.ts";
import { refuse } from "../errors.ts";
import { theRepository, theRow, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import type { DeployKey } from "../rows.ts";
import { repositoryUrl } from "../views/repositories.ts";

/**
 * SSH keys that open one repository, whoever added them. They outlive the membership of who added them.
 *
 * @see https://docs.github.com/rest/deploy-keys/deploy-keys
 */
export const deployKeys: Handlers = {
  "GET /repos/{owner}/{repo}/keys": (context) => list(context, keysOf(context), (key) => keyView(context, key)),
  "GET /repos/{owner}/{repo}/keys/{key_id}": (context) =>
    ok(keyView(context, theRow(context, "key_id", keysOf(context)))),
  "POST /repos/{owner}/{repo}/keys": (context) => {
    const { body, world, caller, now } = context;
    const key = bodyText(context, "key") ?? "";
    if (world.state.deployKeys.some((one) => one.key === key)) {
      throw refuse.validation("PublicKey", "key", "already_exists");
    }
    const made = world.insert("deployKeys", {
      id: world.newId(),
      repositoryId: theRepository(context).id,
      title: bodyText(context, "title") ?? key.split(" ")[2] ?? "deploy key",
      key,
      isReadOnly: body["read_only"] === true,
      addedById: caller.kind === "user" ? caller.user.id : null,
      createdAt: now,
      lastUsedAt: null,
      isEnabled: true,
      madeWithId: caller.kind === "user" ? caller.token.id : null,
    });
    const view = keyView(context, made);
    return { status: 201, json: view, headers: { location: String(view["url"]) } };
  },
  "DELETE /repos/{owner}/{repo}/keys/{key_id}": (context) => {
    const { id } = theRow(context, "key_id", keysOf(context));
    context.world.remove("deployKeys", (one) => one.id === id);
    return noContent;
  },
};

function keysOf(context: Context): DeployKey[] {
  const repository = theRepository(context);
  return context.state.deployKeys.filter((one) => one.repositoryId === repository.id);
}

/** `added_by` is a login, so it follows a rename. */
function keyView(context: Context, key: DeployKey): Record<string, unknown> {
  return {
    id: key.id,
    key: key.key,
    url: `${repositoryUrl(context, theRepository(context))}/keys/${key.id}`,
    title: key.title,
    verified: true,
    created_at: timestamp(key.createdAt),
    read_only: key.isReadOnly,
    added_by: userById(context.state, key.addedById)?.login ?? null,
    last_used: timestampOrNull(key.lastUsedAt),
    enabled: key.isEnabled,
  };
}
