export { type FakeApiGateway, type FakeApiGatewayOptions, startFakeApiGateway } from "./fake-api-gateway.ts";
