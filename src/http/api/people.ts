import { z } from "zod";
import { foldIdentifier } from "../../store/people/index.ts";
import { findPeople, listLinkRows } from "../../store/views/reference.ts";
import { confirmLink, endLink } from "../actions/links.ts";
import { decodeCursor, pageOf, pageQuery } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { linkView, linkViewOf, personView } from "../views/reference.ts";
import { id, pageView } from "../views/shared.ts";
import { lineText, personKey, personKeyOf } from "./fields.ts";

/** People by name, and which accounts are confirmed to be theirs. */
export function peopleEndpoints(deps: HttpDeps): Endpoint[] {
  return [
    endpoint(
      {
        id: "findPeople",
        method: "get",
        path: "/people",
        summary: "People with a user name, over all sources",
        tag: "people",
        role: "viewer",
        query: z.strictObject({ userName: lineText }),
        success: { status: 200, description: "People", schema: pageView(personView) },
      },
      async ({ query }) => ({
        json: { items: await findPeople(deps.pool, foldIdentifier(query.userName)), next: null },
      }),
    ),
    endpoint(
      {
        id: "listLinks",
        method: "get",
        path: "/links",
        summary: "Confirmed account links, oldest first",
        tag: "people",
        role: "viewer",
        query: z.strictObject({ personId: id.optional(), target: lineText.optional(), ...pageQuery }),
        success: { status: 200, description: "A page of links", schema: pageView(linkView) },
        problems: ["invalid-cursor"],
      },
      async ({ query }) => {
        const rows = await listLinkRows(deps.pool, {
          linkId: null,
          personId: query.personId ?? null,
          target: query.target ?? null,
          after: decodeCursor(query.cursor),
          limit: query.limit + 1,
        });
        const page = pageOf(rows, query.limit, (row) => ({ at: row.confirmedAt, id: row.id }));
        return { json: { items: page.items.map(linkViewOf), next: page.next } };
      },
    ),
    endpoint(
      {
        id: "confirmLink",
        method: "post",
        path: "/links",
        summary: "Confirm that an account is a person's",
        description:
          "Answers what was asked about this person and target, and wakes their case. `createPerson` is for somebody no source announced.",
        tag: "people",
        role: "operator",
        body: z
          .strictObject({
            ...personKey,
            createPerson: z
              .strictObject({ userName: lineText, displayName: lineText.optional() })
              .optional()
              .describe("Instead of naming a person"),
            target: lineText,
            accountId: lineText.describe("The target's own immutable id"),
            label: lineText.optional(),
          })
          .refine(
            (body) =>
              [body.personId, body.userName, body.createPerson].filter((given) => given !== undefined).length === 1,
            { path: ["userName"], message: "give exactly one of userName, personId and createPerson" },
          ),
        success: { status: 201, description: "The link", schema: linkView },
        problems: ["unknown-person", "ambiguous-person", "unknown-target", "person-exists", "account-linked"],
      },
      async ({ body, actor }) => {
        const { createPerson, target, accountId, label = null } = body;
        const who =
          createPerson === undefined
            ? personKeyOf(body)
            : { createPerson: { userName: createPerson.userName, displayName: createPerson.displayName ?? null } };
        const linkId = await confirmLink({ who, target, accountId, label }, actor, deps);
        const [row] = await listLinkRows(deps.pool, { linkId, personId: null, target: null, after: null, limit: 1 });
        return { json: row === undefined ? null : linkViewOf(row) };
      },
    ),
    endpoint(
      {
        id: "endLink",
        method: "delete",
        path: "/links/{linkId}",
        summary: "End a confirmed link",
        tag: "people",
        role: "operator",
        params: z.strictObject({ linkId: id }),
        success: { status: 204, description: "Ended" },
      },
      async ({ params, actor }) => {
        await endLink(params.linkId, actor, deps);
        return { empty: true };
      },
    ),
  ];
}
