import type { z } from "zod";
import type { Clock } from "../../../src/domain/ports.ts";
import type { TargetHttp, TargetReply, Wire } from "../../contract/http.ts";
import type { AwsCredentials } from "./keys.ts";
import type { AwsPlace } from "./endpoints.ts";
import { readAwsFailure } from "./failure.ts";
import { requestHandler, requireEmptyLists } from "./wire.ts";
import type { Via } from "./wire.ts";

/** A client of the vendor's SDK, for one kind of command. */
interface SdkClient<Command> {
  send(command: Command, options: Via): Promise<unknown>;
}

export interface AwsCall<Command extends object, Output> {
  client: SdkClient<NoInfer<Command>>;
  command: Command;
  /** As in `SdkRequest`. An answer that AWS always fills must be required here: HTML parses to nothing at all. */
  schema: z.ZodType<Output>;
  /** Errors that are answers, without the suffix `Exception`: `["NoSuchEntity"]`. */
  expect?: readonly string[];
  /** An emulator may not know it: `unsupported` then, instead of `unavailable`. Never for what shows that AWS is there. */
  mayBeUnknown?: boolean;
  /** URL with its variables named, where it is not the Query protocol's. */
  template?: string;
  secretFields?: readonly string[];
}

export type AwsCaller = <Command extends object, Output>(
  call: AwsCall<Command, Output>,
) => Promise<TargetReply<Output, string>>;

export interface AwsCallerDeps {
  http: TargetHttp;
  clock: Clock;
  /** Those of the clients that are called. */
  credentials: AwsCredentials;
}

/**
 * Sends commands of one service over the host's transport. `problem` of a reply is the name of an expected error.
 *
 * @param service prefix of the service's permissions: `iam`.
 */
export function createAwsCaller(service: string, { http, clock, credentials }: AwsCallerDeps): AwsCaller {
  return async ({ client, command, schema, expect = [], mayBeUnknown = false, template, secretFields = [] }) => {
    const operation = operationOf(command);
    await credentials(); // assuming a role is an operation of its own, and must not happen within this one
    return http.sendBySdk({
      operation,
      template: template ?? `/?Action=${operation}`,
      schema,
      secretFields,
      run: (wire) => sent(client, command, operation, wire),
      readFailure: (thrown, answer) =>
        readAwsFailure(thrown, answer, { service, operation, expect, mayBeUnknown, now: clock() }),
    });
  };
}

async function sent<Command extends object>(
  client: SdkClient<Command>,
  command: Command,
  operation: string,
  wire: Wire,
): Promise<unknown> {
  let body = "";
  const output = await client.send(command, {
    operation,
    async wire(request) {
      const answer = await wire(request);
      body = answer.body.toString("utf8");
      return answer;
    },
  });
  requireEmptyLists(output, body);
  return output;
}

/**
 * What every client of the SDK is made with: our transport, one attempt, and nothing from the environment. The SDK looks
 * there for endpoints, retries and FIPS unless each is given.
 */
export function clientSettings({ region, endpoint }: AwsPlace, credentials: AwsCredentials) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials,
    requestHandler,
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard" as const,
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    authSchemePreference: ["aws.auth#sigv4"],
    userAgentAppId: "lastday",
  };
}

/** `ListUsersCommand` is `ListUsers`; the wire holds a Query request to it. */
function operationOf(command: object): string {
  const operation = /^([A-Z]\w+)Command$/.exec(command.constructor.name)?.[1];
  if (operation === undefined) throw new TypeError(`${command.constructor.name} is not a command of the AWS SDK`);
  return operation;
}
