import { leaver } from "./planted.ts";
import { aGithub, connector, everything, grantedFor, openAt } from "./support.ts";
import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";

type Open = (fake: FakeGithub) => ReturnType<typeof openAt>;

const withToken =
  (scopes: readonly string[]): Open =>
  (fake) => {
    fake.plant({
      members: [{ login: "second", role: "admin" }],
      enterpriseOwners: ["second"],
      tokens: [{ login: "second", name: "t", value: "ghp_canary_second", scopes }],
    });
    return openAt(fake, { token: "ghp_canary_second" });
  };

describe("the check", () => {
  it("finds nothing to say about an App that was given everything", async () => {
    const fake = await aGithub();
    fake.plant({ externalIdentities: [{ login: leaver, nameId: "leaver@example.com" }] });
    const { session } = await openAt(fake);

    expect(await connector.check(session)).toEqual({
      ok: true,
      findings: [
        { level: "ok", what: expect.stringMatching(/^GitHub App \d+ stands within the organization acme$/), fix: null },
        { level: "ok", what: "our App has every permission", fix: null },
        { level: "ok", what: "SAML of the organization acme", fix: null },
      ],
    });
    expect(fake.writes()).toEqual([]);
  });

  it.each<{ name: string; open: Open; level: string; what: RegExp; fix: RegExp }>([
    {
      name: "an App without a permission to read",
      open(fake) {
        const { organization_administration: _, ...others } = everything;
        return openAt(fake, { app: fake.plantApp(others) });
      },
      level: "error",
      what: /not given organization_administration=read/,
      fix: /Add it to the App/,
    },
    {
      name: "an App that may only read",
      open: (fake) => openAt(fake, { app: fake.plantApp(grantedFor("read")) }),
      level: "warning",
      what: /not given members=write/,
      fix: /before the mode enforce/,
    },
    {
      name: "an App that sees nobody",
      open: (fake) => openAt(fake, { app: fake.plantApp({ metadata: "read" }) }),
      level: "error",
      what: /members=read/,
      fix: /policies\/read.json/,
    },
    {
      name: "an installation that is not ours",
      open: (fake) => openAt(fake, { settings: { installationId: 4 } }),
      level: "error",
      what: /no installation 4/,
      fix: /installationId/,
    },
    {
      name: "an organization that is not there",
      open: (fake) => openAt(fake, { settings: { org: "acme2" } }),
      level: "error",
      what: /acme2/,
      fix: /org/,
    },
    {
      name: "no single sign-on",
      open: (fake) => openAt(fake),
      level: "warning",
      what: /no SAML/,
      fix: /match rules/,
    },
    {
      name: "the single sign-on of an enterprise that an App cannot see",
      open(fake) {
        fake.plant({ externalIdentities: [{ login: leaver, nameId: "l", place: "enterprise" }] });
        return openAt(fake, { settings: { enterprise: "acme-inc" } });
      },
      level: "error",
      what: /enterprise acme-inc is not shown/,
      fix: /read:enterprise/,
    },
    {
      name: "a token, which sees no fine-grained ones",
      open: withToken(["admin:org", "repo"]),
      level: "warning",
      what: /GitHub App alone/,
      fix: /Use an App/,
    },
    {
      name: "a token without a scope",
      open: withToken(["admin:org"]),
      level: "error",
      what: /lacks the scope repo/,
      fix: /Add repo/,
    },
    {
      name: "a token that may be for some repositories alone",
      open: withToken(["admin:org"]),
      level: "warning",
      what: /some repositories alone/,
      fix: /scope repo/,
    },
    {
      name: "a token of somebody who is no owner",
      open(fake) {
        fake.plant({
          members: [{ login: leaver }],
          tokens: [{ login: leaver, name: "t", value: "ghp_canary_t", scopes: ["admin:org", "repo"] }],
        });
        return openAt(fake, { token: "ghp_canary_t" });
      },
      level: "error",
      what: /no owner/,
      fix: /organization owner/,
    },
  ])("names $name", async ({ open, level, what, fix }) => {
    const fake = await aGithub();
    const { session } = await open(fake);

    const report = await connector.check(session);

    expect(report.findings).toContainEqual({
      level,
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix),
    });
    expect(report.ok).toBe(report.findings.every((finding) => finding.level !== "error"));
    expect(fake.writes()).toEqual([]);
  });

  it("of an enterprise owner's token sees both sorts of single sign-on", async () => {
    const fake = await aGithub();
    fake.plant({
      externalIdentities: [
        { login: leaver, nameId: "l" },
        { login: leaver, nameId: "l", place: "enterprise" },
      ],
    });
    const { session } = await openAt(fake, { token: fake.adminToken, settings: { enterprise: "acme-inc" } });

    const report = await connector.check(session);

    expect(report.ok).toBe(true);
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["SAML of the organization acme", "SAML of the enterprise acme-inc"]),
    );
  });
});
