import { type Handlers, idParam, ok, timestamp } from "../context.ts";
import { refuse } from "../errors.ts";
import { theRow, theUser } from "../lookup.ts";
import { list } from "../paging.ts";
import { publicUser } from "../views/people.ts";

/** People, by login and by the id that stays when the login changes. */
export const users: Handlers = {
  "GET /user": ({ caller, settings }) => {
    if (caller.kind !== "user") throw refuse.notForApps();
    return ok(publicUser(settings, caller.user));
  },
  "GET /user/{account_id}": (context) => {
    idParam(context, "account_id");
    return ok(publicUser(context.settings, theRow(context, "account_id", context.state.users)));
  },
  "GET /users/{username}": (context) => ok(publicUser(context.settings, theUser(context))),
  "GET /users/{username}/keys": (context) => {
    const user = theUser(context);
    const keys = context.state.sshKeys.filter((one) => one.userId === user.id);
    return list(context, keys, ({ id, key, createdAt }) => ({ id, key, created_at: timestamp(createdAt) }));
  },
};
