import type { Item, Matcher, Vocabulary } from "../../../connectors/testkit/conformance/index.ts";
import { answers } from "../../../connectors/testkit/faults/index.ts";
import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";

export const writes: Matcher = { method: ["POST", "PUT", "PATCH", "DELETE"] };

/** How Amazon API Gateway fails, refuses and lies. */
export function vocabularyOf(
  gateway: FakeApiGateway,
  leaver: string,
  putBack: (item: Item) => Promise<boolean>,
): Vocabulary {
  const { lies } = gateway;
  const deletionOf = ({ ref }: Item): Matcher => ({ method: "DELETE", path: /^\/apikeys\//, subject: idOf(ref) });
  /** The key is on again when it is deleted: what is only switched off would be dead either way. */
  const switchedOn = ({ ref }: Item, lie: Fault): Fault => ({
    ...lie,
    prepare(call) {
      gateway.setEnabled(idOf(ref), true);
      return lie.prepare?.(call) ?? call;
    },
  });
  return {
    writes,
    about: (kind) => ({ path: kind === "api-key" ? /^\/(apikeys|tags)\b/ : /^\/nothing$/ }),
    throttles: (retryAfterS) => lies.throttles(retryAfterS ?? undefined),
    denies: (_kind, to) => ({
      fault: lies.refuses("AccessDeniedException", "User: arn:aws:iam::123456789012:user/lastday is not authorized"),
      missing: to === "read" ? "apigateway:GET /apikeys" : "apigateway:PUT /tags/*",
    }),
    hides: () => lies.hides(),
    fails: () => lies.refuses("InternalFailure", "An internal error occurred"),
    complains: (status, words) =>
      answers(status, { message: words }, { "x-amzn-errortype": typeOf[status] ?? "InternalFailure" }),
    endless: () => ({ on: { method: "GET", path: /^\/(apikeys|usageplans)\?/ }, fault: lies.endlessPages("same") }),
    drifts: () => ({
      on: { method: "GET", path: /^\/apikeys\?/ },
      fault: lies.pagesDrift(() => {
        const [first] = gateway.aliveOf(leaver);
        if (first !== undefined) gateway.remove(first);
        gateway.plant({ keys: [{ owner: leaver, customerId: `customer-of-${leaver}`, usagePlans: ["gold"] }] });
      }),
    }),
    lingers: (item, reads) => ({
      on: deletionOf(item),
      fault: switchedOn(item, lies.lingers(idOf(item.ref), { reads })),
    }),
    returns: (item, reads) => ({
      on: deletionOf(item),
      fault: switchedOn(item, lies.returns(idOf(item.ref), { reads })),
    }),
    putBack,
    // A listing is everybody's, and each key in it says whose it is; another key's answer is tried in verify.test.ts.
    answersForOther: () => null,
  };
}

const typeOf: Readonly<Record<number, string>> = {
  400: "BadRequestException",
  401: "UnauthorizedException",
  403: "AccessDeniedException",
  404: "NotFoundException",
  409: "ConflictException",
};

function idOf(ref: string): string {
  return ref.split("/")[1] ?? "";
}
