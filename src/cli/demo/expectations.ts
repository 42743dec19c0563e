import type { CaseDetail } from "../api/views.ts";
import { bystander, buildSecrets, keyWorks, leaver, localName, loginName } from "./world/index.ts";
import type { DemoWorld } from "./world/index.ts";

/** One thing that must be true at the end, and whether it is. */
export interface Expectation {
  text: string;
  holds: boolean;
}

/** Looks at the targets themselves, past everything that Lastday says about them. */
export async function expectations(world: DemoWorld, ended: CaseDetail): Promise<Expectation[]> {
  return [
    ...atGateway(world, ended),
    atAws(world),
    atGithub(world),
    await atBuilds(world),
    { text: "the colleague with the similar name is untouched, byte for byte", holds: isUntouched(world) },
    {
      text: "the colleague's key still opens the gateway",
      holds: await keyWorks(world.gateway.kong, world.gateway.bystanderKey),
    },
    {
      text: "the case is done, and names what it could not prove",
      holds: ended.state.startsWith("complete") && ended.blindSpots.length > 0,
    },
    { text: "every call is one that the vendors document", holds: violations(world) === 0 },
  ];
}

function atGateway({ gateway }: DemoWorld, ended: CaseDetail): Expectation[] {
  const alive = gateway.credentials.filter((id) => gateway.kong.alive(id));
  const stubborn = ended.itemList.find(({ ref }) => ref === gateway.stubborn);
  const looks = ended.steps.filter(({ kind }) => kind === "verify").map(({ result }) => result);
  return [
    {
      text: `all ${gateway.credentials.length} credentials of the leaver are dead at the gateway`,
      holds: alive.length === 0,
    },
    {
      text: "the stubborn key was seen alive after its revocation, then dead",
      holds: looks.includes("alive") && (stubborn?.revocation.attempts ?? 0) > 1 && stubborn?.look.verdict === "dead",
    },
  ];
}

function atAws({ account: { aws, session } }: DemoWorld): Expectation {
  const alive = aws.aliveOf(localName(leaver)).filter(({ kind }) => kind !== "user");
  return {
    text: "nothing of the leaver works at AWS, the session opened before included",
    holds: alive.length === 0 && aws.tryKey(session).kind !== "works",
  };
}

function atGithub({ organization: { github } }: DemoWorld): Expectation {
  const login = loginName(leaver);
  const reached = github.state().repositories.filter(({ name }) => github.canReach(login, name) !== null);
  return {
    text: "the leaver reaches no repository, by membership, key or token",
    holds: reached.length === 0 && github.aliveOf(login).length === 0,
  };
}

/** Whoever builds goes on building, with values that the leaver never saw. */
async function atBuilds({ gateway, account, organization: { github } }: DemoWorld): Promise<Expectation> {
  const [accessKeyId = "", secretAccessKey = ""] = (github.secretValue(buildSecrets.aws) ?? "").split(":");
  const gatewayKey = github.secretValue(buildSecrets.gateway, { repository: "web" }) ?? "";
  const works =
    account.aws.tryKey({ accessKeyId, secretAccessKey }).kind === "works" && (await keyWorks(gateway.kong, gatewayKey));
  const refused =
    account.aws.tryKey(account.buildKeyBefore).kind === "refused" &&
    !(await keyWorks(gateway.kong, gateway.buildKeyBefore));
  return { text: "the builds hold new keys that work; those the leaver could read do not", holds: works && refused };
}

function isUntouched({ gateway, account, organization }: DemoWorld): boolean {
  return (
    gateway.kong.stateOf(gateway.bystanderId) === gateway.bystanderBefore &&
    account.aws.stateOf(localName(bystander)) === account.bystanderBefore &&
    organization.github.stateOf(loginName(bystander)) === organization.bystanderBefore
  );
}

function violations({ gateway, account, organization }: DemoWorld): number {
  const lists = [gateway.kong.violations(), account.aws.violations(), organization.github.violations()];
  return lists.reduce((total, list) => total + list.length, 0);
}
