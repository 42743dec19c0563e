import type {
  ConformanceSubject,
  ConformanceWorld,
  Item,
  Matcher,
  Vocabulary,
} from "../../../connectors/testkit/conformance/index.ts";
import { answers } from "../../../connectors/testkit/faults/index.ts";
import { githubThrottles, startFakeGithub, subjectOf } from "../../../connectors/testkit/fakes/github/index.ts";
import type { FakeGithub, Ref } from "../../../connectors/testkit/fakes/github/index.ts";
import { github } from "../../../connectors/github/index.ts";
import {
  accountOf,
  aliveOf,
  bystander,
  canariesOf,
  itemOf,
  leaver,
  lookAlikes,
  plantGround,
  plantPerson,
  robin,
} from "./planted.ts";
import { everything } from "./support.ts";

/** The connector as a GitHub App, at a fake organization of five. */
export const githubSubject: ConformanceSubject = {
  name: "github",
  connector: github,
  async openWorld({ pageSize }) {
    const fake = await startFakeGithub(pageSize === undefined ? {} : { pageSize });
    const app = fake.plantApp(everything);
    fake.plant({
      users: [
        { login: leaver, email: "leaver@example.com" },
        { login: "leaver2", email: "LEAVER@example.com" },
      ],
    });
    plantGround(fake, [leaver, bystander, ...lookAlikes]);
    await plantPerson(fake, leaver, "leaver@example.com");
    await plantPerson(fake, bystander, "bystander@example.com");
    await plantPerson(fake, "leaver2", "leaver2@example.com");
    await plantPerson(fake, "leaver-ci", "leaver+ci@example.com");
    const alive = (): readonly Item[] => aliveOf(fake, leaver);
    return {
      settings: {
        baseUrl: fake.url,
        org: fake.organization,
        appId: app.appId,
        installationId: app.installationId,
      },
      secrets: { privateKey: app.privateKey },
      leaver: accountOf(fake, leaver),
      bystander: accountOf(fake, bystander),
      lookAlikes: lookAlikes.map((login) => accountOf(fake, login)),
      match: { person: robin, rules: [] },
      // Nobody of that name, and two whose public address is this person's when letter case is ignored.
      ambiguous: {
        person: { ...robin, userName: "r.sample@example.com", externalId: null },
        rules: [{ attribute: "email", equals: "{email}", trusted: true }],
      },
      planted: alive(),
      canaries: [leaver, bystander, ...lookAlikes].flatMap(canariesOf),
      alive,
      stateOf: (id) => fake.stateOf(Number(id)),
      effects: () => fake.effects().length,
      writes: () => fake.writes(),
      calls: () => fake.calls(),
      faults: fake.faults,
      vocabulary: vocabularyOf(fake),
      async close() {
        await fake.close();
        const [violation] = fake.violations();
        if (violation !== undefined) throw new Error(`GitHub's description does not know ${JSON.stringify(violation)}`);
      },
    } satisfies ConformanceWorld;
  },
};

function vocabularyOf(fake: FakeGithub): Vocabulary {
  const refs = new Map(
    fake.aliveOf(leaver).flatMap((ref) => {
      const item = itemOf(fake, leaver, ref);
      return item === null ? [] : [[`${item.kind}/${item.ref}`, ref] as const];
    }),
  );
  const refOf = ({ kind, ref }: Item): Ref | null => refs.get(`${kind}/${ref}`) ?? null;
  const endOf = (ref: Ref): Matcher => ({ method: ["DELETE", "POST"], subject: subjectOf(ref) });
  return {
    writes: {
      method: ["DELETE", "PATCH", "POST", "PUT"],
      when: ({ path }) => !/^\/(graphql$|app\/)/.test(path),
    },
    about: (kind) => (kind === "org-invitation" ? aboutInvitations(fake) : { path: paths[kind]?.path ?? /^$/ }),
    throttles: (retryAfterS) => githubThrottles(retryAfterS === null ? {} : { retryAfter: retryAfterS }),
    denies(kind, to) {
      const missing = `${paths[kind]?.[to] ?? "members"}=${to}`;
      const message = "Resource not accessible by integration";
      return { fault: answers(403, { message }, { "x-accepted-github-permissions": missing }), missing };
    },
    hides: () => fake.lies.hidden(),
    fails: () => answers(500, { message: "Server Error" }),
    complains: (status, words) => answers(status, { message: `Cannot do this: ${words}` }),
    endless: () => ({
      // Where one person is looked for, the first page that has them is enough.
      on: { method: "GET", path: /^\/(orgs|repos)\/acme\/(?!organization-roles|memberships|installation)/ },
      fault: fake.lies.endlessPages("same"),
    }),
    drifts() {
      const { afterwards } = fake.lies.remints(leaver);
      const first = fake.state().deployKeys.find(({ addedById }) => addedById === fake.user(leaver).id);
      return {
        on: { method: "GET", path: /\/keys(\?|$)/ },
        fault: {
          name: "drifts",
          afterwards: (call, reply) => {
            afterwards?.(call, reply);
            if (first !== undefined) fake.remove({ kind: "deployKeys", id: first.id });
          },
        },
      };
    },
    lingers(item, reads) {
      const ref = refOf(item);
      return ref === null ? null : { on: endOf(ref), fault: fake.lies.lingers(ref, { reads }) };
    },
    returns(item, reads) {
      const ref = refOf(item);
      return ref === null ? null : { on: endOf(ref), fault: fake.lies.returns(ref, { reads }) };
    },
    putBack: (item) => putBack(fake, item),
    answersForOther: (kind) =>
      paths[kind]?.ofOne === true
        ? { on: { method: "GET", path: paths[kind].path }, fault: fake.lies.answersFor(bystander) }
        : null,
  };
}

/** The accounts are listed by the same call, and without them nothing begins: this is about the looks that come after. */
function aboutInvitations(fake: FakeGithub): Matcher {
  const hasBegun = (): boolean => fake.calls().some(({ path }) => path.includes("/credential-authorizations"));
  return { path: /^\/orgs\/acme\/invitations/, when: hasBegun };
}

/** What has no id of its own can be there again under the same ref. */
async function putBack(fake: FakeGithub, { kind, ref }: Item): Promise<boolean> {
  const [first = ""] = ref.split("/");
  const { teams, repositories } = fake.state();
  switch (kind) {
    case "org-membership":
      fake.plant({ members: [{ login: leaver }] });
      return true;
    case "repo-collaborator": {
      const repository = repositories.find(({ id }) => String(id) === first)?.name ?? "";
      fake.plant({ collaborators: [{ repository, login: leaver }] });
      return true;
    }
    case "team-membership":
      return put(fake, `orgs/acme/teams/${teams.find(({ id }) => String(id) === first)?.slug}/memberships/${leaver}`);
    case "org-role":
      return put(fake, `orgs/acme/organization-roles/users/${leaver}/${first}`);
    default:
      return false;
  }
}

async function put(fake: FakeGithub, path: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${fake.adminToken}` };
  const reply = await fetch(`${fake.url}/${path}`, { method: "PUT", headers });
  if (!reply.ok) throw new Error(`${path} could not be put back: ${reply.status}`);
  return true;
}

interface About {
  path: RegExp;
  /** Permissions of an App, without their level. */
  read: string;
  write: string;
  /** Its calls name the user, so that an answer can be another's. */
  ofOne?: true;
}

const tokens = "organization_personal_access_tokens";
const requests = "organization_personal_access_token_requests";
const ofMembership = { path: /^\/orgs\/acme\/memberships\//, read: "members", write: "members", ofOne: true } as const;

const paths: Readonly<Record<string, About>> = {
  "sso-authorization": {
    path: /^\/orgs\/acme\/credential-authorizations/,
    read: "organization_administration",
    write: "organization_administration",
    ofOne: true,
  },
  "fine-grained-token": { path: /^\/orgs\/acme\/personal-access-tokens/, read: tokens, write: tokens, ofOne: true },
  "token-request": {
    path: /^\/orgs\/acme\/personal-access-token-requests/,
    read: requests,
    write: requests,
    ofOne: true,
  },
  "org-role": {
    path: /^\/orgs\/acme\/organization-roles/,
    read: "organization_custom_org_roles",
    write: "members",
  },
  "team-membership": { path: /^\/orgs\/acme\/teams/, read: "members", write: "members" },
  "org-invitation": {
    path: /^\/orgs\/acme\/invitations\/|^\/orgs\/acme\/invitations\?/,
    read: "members",
    write: "members",
  },
  "org-membership": ofMembership,
  "repo-collaborator": { path: /^\/repos\/acme\/[^/]+\/collaborators/, read: "metadata", write: "administration" },
  "repo-invitation": { path: /^\/repos\/acme\/[^/]+\/invitations/, read: "administration", write: "administration" },
  "deploy-key": { path: /^\/repos\/acme\/[^/]+\/keys/, read: "administration", write: "administration" },
  runner: { path: /^\/orgs\/acme\/actions\/runners/, read: "organization_self_hosted_runners", write: "members" },
  "classic-token": ofMembership,
};
