import { type FakeKong, startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import { admin } from "./support.ts";

let kong: FakeKong;
beforeEach(async () => {
  kong = await startFakeKong();
});
afterEach(() => kong.close());

const credentialKinds = [
  { nested: "key-auth", collection: "key-auths", body: { key: "k-1" }, patch: { tags: ["x"] }, byName: "k-1" },
  { nested: "jwt", collection: "jwts", body: { key: "iss-1" }, patch: { tags: ["x"] }, byName: "iss-1" },
  {
    nested: "basic-auth",
    collection: "basic-auths",
    body: { username: "b-1", password: "p" },
    patch: { tags: ["x"] },
    byName: "b-1",
  },
  { nested: "hmac-auth", collection: "hmac-auths", body: { username: "h-1" }, patch: { tags: ["x"] }, byName: "h-1" },
  {
    nested: "oauth2",
    collection: "oauth2",
    body: { name: "app", client_id: "c-1" },
    patch: { tags: ["x"] },
    byName: "c-1",
  },
  { nested: "acls", collection: "acls", body: { group: "staff" }, patch: { tags: ["x"] }, byName: "staff" },
];

describe("credentials of a consumer", () => {
  it.each(credentialKinds)(
    "$nested: made, listed, found, changed, deleted",
    async ({ nested, collection, body, patch, byName }) => {
      await admin(kong, "POST", "/consumers", { username: "ada" });

      const made = await admin(kong, "POST", `/consumers/ada/${nested}`, body);
      const id = String(made.json.id);
      const listed = await admin(kong, "GET", `/consumers/ada/${nested}`);
      const everywhere = await admin(kong, "GET", `/${collection}`);
      const found = await admin(kong, "GET", `/consumers/ada/${nested}/${byName}`);
      const owner = await admin(kong, "GET", `/${collection}/${id}/consumer`);
      const patched = await admin(kong, "PATCH", `/consumers/ada/${nested}/${id}`, patch);
      const deleted = await admin(kong, "DELETE", `/consumers/ada/${nested}/${id}`);
      const again = await admin(kong, "DELETE", `/consumers/ada/${nested}/${id}`);
      const inCollection = await admin(kong, "DELETE", `/${collection}/${id}`);

      expect(made).toMatchObject({ status: 201, json: { consumer: { id: expect.any(String) } } });
      expect(made.json.created_at).toBeCloseTo(Date.now() / 1_000, -2);
      expect(listed.json).toMatchObject({ data: [{ id }], next: null });
      expect(everywhere.json).toMatchObject({ data: [{ id }], next: null });
      expect(found.json).toMatchObject({ id });
      expect(owner.json).toMatchObject({ username: "ada" });
      expect(patched).toMatchObject({ status: 200, json: { id, tags: ["x"] } });
      expect([deleted.status, again.status, inCollection.status]).toEqual([204, 404, 204]);
      expect(again.json).toEqual({ message: "Not found" });
    },
  );
});
