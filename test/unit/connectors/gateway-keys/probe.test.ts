import type { ProxyAnswer } from "../../../../connectors/gateway-keys/kong/client.ts";
import { readAnswer } from "../../../../connectors/gateway-keys/kong/probe.ts";

const answer = (status: number, over: Partial<ProxyAnswer> = {}): ProxyAnswer => ({
  status,
  message: null,
  reachedUpstream: false,
  ...over,
});

describe("an answer of the proxy to a key", () => {
  it.each<{ answer: ProxyAnswer; state: string }>([
    { answer: answer(200), state: "alive" },
    { answer: answer(204), state: "alive" },
    { answer: answer(403), state: "alive" },
    { answer: answer(401), state: "dead" },
    { answer: answer(401, { message: "Unauthorized" }), state: "dead" },
    { answer: answer(401, { message: "Invalid authentication credentials" }), state: "dead" },
    { answer: answer(401, { message: "No API key found in request" }), state: "unknown" },
    { answer: answer(401, { reachedUpstream: true }), state: "alive" },
    { answer: answer(404, { reachedUpstream: true }), state: "alive" },
    { answer: answer(404), state: "unknown" },
    { answer: answer(400), state: "unknown" },
    { answer: answer(301), state: "unknown" },
    { answer: answer(405), state: "unknown" },
  ])("$answer.status $answer.message, passed on $answer.reachedUpstream: $state", ({ answer, state }) => {
    expect(readAnswer(answer)).toMatchObject({ state, by: "probe" });
  });
});
