import { createHash } from "node:crypto";
import { assertStrongKey, isSignedBy, thumbprint } from "../../../src/certificate/ed25519.ts";
import { jwkOf, testKey } from "../../support/certificates.ts";
import { codeThrownBy } from "../../support/codes.ts";
import { readJsonVector } from "../../support/vectors.ts";

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
}

const jwk = (hex: string) =>
  ({ kty: "OKP", crv: "Ed25519", x: Buffer.from(hex, "hex").toString("base64url") }) as const;
const sha512 = (message: Uint8Array) => new Uint8Array(createHash("sha512").update(message).digest());
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

describe("Ed25519", () => {
  const { testGroups } = readJsonVector("wycheproof", "testvectors_v1", "ed25519_test.json") as Wycheproof;
  const cases = testGroups.flatMap(({ publicKey, tests }) => tests.map((test) => ({ ...test, publicKey })));

  it("agrees with all of Wycheproof, malleable and malformed signatures included", () => {
    const wrong = cases.filter(({ publicKey, msg, sig, result }) => {
      return isSignedBy(jwk(publicKey.pk), bytes(msg), bytes(sig)) !== (result === "valid");
    });

    expect(cases.length).toBe(151);
    expect(wrong.map(({ tcId }) => tcId)).toEqual([]);
  });

  it("refuses the Ed25519ph signature of RFC 8032 section 7.3, by the same key over the same message", () => {
    const key = jwk("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    const prehashed = bytes(
      "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
    );
    const message = new TextEncoder().encode("abc");

    expect(isSignedBy(key, message, prehashed)).toBe(false);
    expect(isSignedBy(key, sha512(message), prehashed)).toBe(false);
  });

  it("names a key by its RFC 7638 thumbprint, as RFC 8037 appendix A.3 does", () => {
    const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" } as const;

    expect(thumbprint(key)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it.each([
    { name: "the neutral point", hex: "0100000000000000000000000000000000000000000000000000000000000000" },
    { name: "the neutral point with a sign", hex: "0100000000000000000000000000000000000000000000000000000000000080" },
    { name: "the point of order 2", hex: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    { name: "a point of order 4", hex: "0000000000000000000000000000000000000000000000000000000000000000" },
    { name: "another point of order 4", hex: "0000000000000000000000000000000000000000000000000000000000000080" },
    { name: "a point of order 8", hex: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05" },
    { name: "another point of order 8", hex: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa" },
    { name: "p as a second spelling of 0", hex: "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
    {
      name: "p + 1 as a second spelling of 1",
      hex: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    },
  ])("refuses $name as a key", ({ hex }) => {
    expect(codeThrownBy(() => assertStrongKey(jwk(hex), "test"))).toBe("key-weak");
  });

  it("takes an ordinary key", () => {
    expect(codeThrownBy(() => assertStrongKey(jwkOf(testKey(1)), "test"))).toBe("nothing");
  });
});
