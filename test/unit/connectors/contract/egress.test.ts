import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { allowedUrl, isMetadataAddress } from "../../../../connectors/contract/egress.ts";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import { get, json, rejection, serve, transport } from "./support.ts";

const policy = { origins: ["https://gateway.example"], insecure: false };

describe("T11 a URL", () => {
  it.each([
    "https://gateway.example/consumers",
    "https://gateway.example:443/consumers",
    "https://GATEWAY.example/consumers?offset=a",
    "/consumers",
    "consumers",
  ])("of the origin is allowed: %s", (url) => {
    expect(allowedUrl(url, "https://gateway.example", policy).origin).toBe("https://gateway.example");
  });

  it.each([
    "https://elsewhere.example/",
    "https://gateway.example.elsewhere.example/",
    "https://gateway.example@elsewhere.example/",
    "https://gateway.example:8443/",
    "http://gateway.example/",
    "//elsewhere.example/consumers",
    "/\\elsewhere.example/consumers",
    "\\\\elsewhere.example",
    "https:\\\\elsewhere.example",
    "https://elsewhere.example#@gateway.example/",
    "https://elsewhere.example?@gateway.example/",
    "https://gateway.example\t.elsewhere.example/",
    "https://user:pass@gateway.example/",
    "https://user@gateway.example/",
    "ftp://gateway.example/",
    "file:///etc/passwd",
    "data:application/json,{}",
    "javascript:alert(1)",
    "gopher://gateway.example/",
    "blob:https://gateway.example/1",
    "https://",
    "https://[::1",
    "",
  ])("from anywhere else is refused: %s", (url) => {
    const base = url === "" ? undefined : "https://gateway.example";
    expect(() => allowedUrl(url, base, policy)).toThrow(expect.objectContaining({ name: "EgressRefusal" }));
  });

  it.each([
    "http://169.254.169.254/",
    "http://169.254.169.254./",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.16689662/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://169.254.170.2/",
    "http://100.100.100.200/",
    "http://metadata.google.internal/",
    "http://metadata.google.internal./",
  ])("of a metadata service is refused although an operator wrote it: %s", (url) => {
    const trusting = { origins: [new URL(url).origin], insecure: true };
    expect(() => allowedUrl(url, undefined, trusting)).toThrow("metadata service");
  });

  it.each([
    { url: "http://127.0.0.1:8001/", insecure: false, allowed: true },
    { url: "http://127.9.9.9:8001/", insecure: false, allowed: true },
    { url: "http://[::1]:8001/", insecure: false, allowed: true },
    { url: "http://localhost:8001/", insecure: false, allowed: true },
    { url: "http://10.0.0.7:8001/", insecure: false, allowed: false },
    { url: "http://10.0.0.7:8001/", insecure: true, allowed: true },
    { url: "https://10.0.0.7:8444/", insecure: false, allowed: true },
    { url: "http://kong:8001/", insecure: false, allowed: false },
    { url: "http://kong:8001/", insecure: true, allowed: true },
    { url: "http://0.0.0.0:8001/", insecure: false, allowed: false },
    { url: "http://localhost.example:8001/", insecure: false, allowed: false },
  ])("that an operator wrote, $url with insecure $insecure, is allowed: $allowed", ({ url, insecure, allowed }) => {
    const attempt = () => allowedUrl(url, undefined, { origins: [new URL(url).origin], insecure });

    if (allowed) expect(attempt().href).toBe(url);
    else expect(attempt).toThrow("plain http");
  });
});

describe("T11 an address", () => {
  it.each([
    ["169.254.169.254", true],
    ["169.254.0.1", true],
    ["169.254.170.23", true],
    ["168.63.129.16", true],
    ["100.100.100.200", true],
    ["192.0.0.192", true],
    ["fe80::1%eth0", true],
    ["fd00:ec2::254", true],
    ["fd00:ec2::23", true],
    ["fd20:ce::254", true],
    ["::ffff:169.254.169.254", true],
    ["::169.254.169.254", true],
    ["::ffff:0:169.254.169.254", true],
    ["64:ff9b::169.254.169.254", true],
    ["64:ff9b:1::a9fe:a9fe", true],
    ["2002:a9fe:a9fe::1", true],
    ["2001:0:4136:e378:8000:63bf:5601:5601", true],
    ["not an address", true],
    ["", true],
    ["127.0.0.1", false],
    ["10.0.0.1", false],
    ["192.168.1.1", false],
    ["100.100.100.201", false],
    ["::1", false],
    ["::ffff:10.0.0.1", false],
    ["fd12:3456::1", false],
    ["2606:4700::1111", false],
  ])("%s is of a metadata service: %s", (address, expected) => {
    expect(isMetadataAddress(address)).toBe(expected);
  });
});

describe("T11 a name", () => {
  const loopback: LookupAddress = { address: "127.0.0.1", family: 4 };
  const metadata: LookupAddress = { address: "169.254.169.254", family: 4 };

  it.each<{ name: string; host: string; insecure: boolean; addresses: readonly LookupAddress[]; sent: boolean }>([
    { name: "that is loopback", host: "localhost", insecure: false, addresses: [loopback], sent: true },
    { name: "that the operator trusts", host: "kong.example", insecure: true, addresses: [loopback], sent: true },
    { name: "of a metadata service", host: "kong.example", insecure: true, addresses: [metadata], sent: false },
    { name: "of both", host: "kong.example", insecure: true, addresses: [loopback, metadata], sent: false },
    {
      name: "of a metadata service in IPv6",
      host: "kong.example",
      insecure: true,
      addresses: [{ address: "::ffff:169.254.169.254", family: 6 }],
      sent: false,
    },
    {
      name: "localhost that means another machine",
      host: "localhost",
      insecure: false,
      addresses: [{ address: "10.0.0.1", family: 4 }],
      sent: false,
    },
    { name: "of nothing", host: "kong.example", insecure: true, addresses: [], sent: false },
  ])("$name: sent $sent", async ({ host, insecure, addresses, sent }) => {
    const server = await serve((_, response) => json(response, {}));
    const http = transport(`http://${host}:${server.port}`, { insecure, resolve: async () => addresses });

    const outcome = await http.send(get("/")).then(
      () => "sent",
      (error: { code: string }) => error.code,
    );

    expect(outcome).toBe(sent ? "sent" : addresses.length === 0 ? "unavailable" : "egress-refused");
    expect(server.seen).toHaveLength(sent ? 1 : 0);
    await http.close();
    await server.close();
  });

  it("that changes its mind after the check (DNS rebinding) is connected to where it was checked", async () => {
    const server = await serve((_, response) => {
      response.setHeader("connection", "close");
      json(response, {});
    });
    const asked: string[] = [];
    const answers = [[loopback], [metadata]];
    const http = transport(`http://rebinding.example:${server.port}`, {
      insecure: true,
      resolve: async (hostname) => {
        asked.push(hostname);
        return answers[Math.min(asked.length, answers.length) - 1] ?? [];
      },
    });

    await expect(http.send(get("/"))).resolves.toMatchObject({ status: 200 });
    expect(asked).toEqual(["rebinding.example"]); // once: nothing resolves again between check and connection
    expect(await rejection(http.send(get("/")))).toMatchObject({ code: "egress-refused" });
    expect(server.seen).toHaveLength(1);
    await http.close();
    await server.close();
  });

  it("that cannot be resolved is unavailable", async () => {
    const http = transport("http://kong.example:8001", {
      insecure: true,
      resolve: async () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })),
    });

    expect(await rejection(http.send(get("/")))).toMatchObject({ code: "unavailable" });
    await http.close();
  });
});

describe("an outbound proxy", () => {
  it("carries the calls, and its password is known to the redactor", async () => {
    const server = await serve((_, response) => json(response, {}));
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket: Socket) => {
      tunnels.push(`${request.url} ${request.headers["proxy-authorization"] ?? "without credentials"}`);
      const through = connect(server.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        through.pipe(socket).pipe(through);
      });
      for (const end of [through, socket]) end.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const redactor = createRedactor();
    const http = transport("http://kong.example:8001", {
      insecure: true,
      redactor,
      outboundProxy: `http://lastday:canary-password@127.0.0.1:${port}`,
      resolve: async () => Promise.reject(new Error("the proxy resolves")),
    });

    await expect(http.send(get("/consumers"))).resolves.toMatchObject({ status: 200 });
    expect(tunnels).toEqual([`kong.example:8001 Basic ${Buffer.from("lastday:canary-password").toString("base64")}`]);
    expect(server.seen).toEqual(["GET /consumers"]);
    expect(redactor.redact(tunnels.join())).not.toContain(Buffer.from("canary").toString("base64"));

    await http.close();
    await server.close();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
