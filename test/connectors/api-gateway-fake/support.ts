import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import {
  type FakeApiGateway,
  type FakeApiGatewayOptions,
  startFakeApiGateway,
} from "../../../connectors/testkit/fakes/api-gateway/index.ts";

const running: FakeApiGateway[] = [];
const clients: APIGatewayClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(running.splice(0).map((gateway) => gateway.close()));
});

/** A fake that is closed after the test. */
export async function aGateway(options: FakeApiGatewayOptions = {}): Promise<FakeApiGateway> {
  const gateway = await startFakeApiGateway(options);
  running.push(gateway);
  return gateway;
}

export interface ClientOptions {
  readonly region?: string;
  /** Signs for another region than it speaks to. */
  readonly signingRegion?: string;
  readonly credentials?: FakeApiGateway["admin"];
  readonly systemClockOffset?: number;
}

/** The vendor's own SDK, against a region of the fake; it sends each call once. */
export function sdk(gateway: FakeApiGateway, options: ClientOptions = {}): APIGatewayClient {
  const region = options.region ?? gateway.regions[0] ?? "";
  const client = new APIGatewayClient({
    endpoint: gateway.controlUrl(region),
    region: options.signingRegion ?? region,
    credentials: options.credentials ?? gateway.admin,
    maxAttempts: 1,
    systemClockOffset: options.systemClockOffset ?? 0,
  });
  clients.push(client);
  return client;
}

/** What became of a call: nothing thrown, or the exception's name and its status. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode}`;
  }
}

/** The status of a request to a stage, with or without a key. */
export async function knock(url: string, key?: string): Promise<number> {
  const response = await fetch(`${url}/orders`, key === undefined ? {} : { headers: { "x-api-key": key } });
  await response.text();
  return response.status;
}

/** A clock that a test moves. */
export function aClock(start = Date.now()): { readonly now: () => number; pass(ms: number): void } {
  let time = start;
  return {
    now: () => time,
    pass: (ms) => {
      time += ms;
    },
  };
}
