import { createPublicKey, verify } from "node:crypto";
import * as fc from "fast-check";
import { decodeBase64, encodeBase64 } from "../../../src/certificate/base64.ts";
import { preAuthenticationEncoding } from "../../../src/certificate/dsse.ts";
import { codeThrownBy } from "../../support/codes.ts";
import { readJsonVector } from "../../support/vectors.ts";

interface DsseVector {
  readonly payloadType: string;
  readonly payloadUtf8: string;
  readonly paeUtf8: string;
  readonly x: string;
  readonly y: string;
  readonly envelope: { readonly signatures: readonly { readonly sig: string }[] };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

describe("pre-authentication encoding", () => {
  const vector = readJsonVector("dsse", "protocol-v1.0.2.json") as DsseVector;

  it("is the published one", () => {
    const encoded = preAuthenticationEncoding(vector.payloadType, utf8(vector.payloadUtf8));

    expect(text(encoded)).toBe(vector.paeUtf8);
  });

  it("is what the published signature was made over", () => {
    const coordinate = (decimal: string) => Buffer.from(BigInt(decimal).toString(16).padStart(64, "0"), "hex");
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: coordinate(vector.x).toString("base64url"),
      y: coordinate(vector.y).toString("base64url"),
    };
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const encoded = preAuthenticationEncoding(vector.payloadType, utf8(vector.payloadUtf8));

    const signature = Buffer.from(vector.envelope.signatures[0]?.sig ?? "", "base64");

    expect(verify("sha256", encoded, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  });

  it("counts bytes, not characters", () => {
    expect(text(preAuthenticationEncoding("type/é", utf8("ü")))).toBe("DSSEv1 7 type/é 2 ü");
  });

  it("never encodes two contents alike", () => {
    const content = fc.tuple(fc.string(), fc.uint8Array());
    fc.assert(
      fc.property(content, content, ([type, payload], [otherType, otherPayload]) => {
        const same = type === otherType && Buffer.compare(payload, otherPayload) === 0;
        const one = preAuthenticationEncoding(type, payload);
        expect(Buffer.compare(one, preAuthenticationEncoding(otherType, otherPayload)) === 0).toBe(same);
      }),
    );
  });
});

describe("base64", () => {
  it.each([
    { name: "missing padding", value: "YQ" },
    { name: "too much padding", value: "YQ===" },
    { name: "set trailing bits", value: "YR==" },
    { name: "the other alphabet", value: "_-8=" },
    { name: "white space", value: "YWJj\nYWJj" },
    { name: "junk", value: "YW*j" },
    { name: "text after the padding", value: "YQ==YQ==" },
  ])("refuses $name", ({ value }) => {
    expect(codeThrownBy(() => decodeBase64(value, "test"))).toBe("base64-malformed");
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => expect(decodeBase64(encodeBase64(bytes), "test")).toEqual(bytes)),
    );
  });
});
