import { readAnswer } from "../../../../connectors/gateway-keys/aws/probe.ts";

describe("a stage's answer to a key", () => {
  it.each([
    { status: 200, message: null, errorType: null, state: "alive" },
    { status: 204, message: null, errorType: null, state: "alive" },
    { status: 403, message: "Forbidden", errorType: "ForbiddenException", state: "dead" },
    { status: 403, message: "Forbidden", errorType: "ForbiddenException:http://internal.example/", state: "dead" },
    { status: 403, message: "Forbidden", errorType: null, state: "unknown" },
    { status: 403, message: null, errorType: "ForbiddenException", state: "unknown" },
    {
      status: 403,
      message: "Missing Authentication Token",
      errorType: "MissingAuthenticationTokenException",
      state: "unknown",
    },
    { status: 403, message: "Forbidden", errorType: "AccessDeniedException", state: "unknown" },
    { status: 401, message: "Forbidden", errorType: "ForbiddenException", state: "unknown" },
    { status: 301, message: null, errorType: null, state: "unknown" },
    { status: 400, message: null, errorType: null, state: "unknown" },
    { status: 404, message: null, errorType: null, state: "unknown" },
    { status: 429, message: "Limit Exceeded", errorType: "LimitExceededException", state: "unknown" },
    { status: 500, message: null, errorType: null, state: "unknown" },
    { status: 504, message: "Endpoint request timed out", errorType: null, state: "unknown" },
  ])("$status $message $errorType: $state", ({ state, ...answer }) => {
    expect(readAnswer(answer)).toMatchObject({ state, by: "probe" });
  });
});
