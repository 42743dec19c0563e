import fc from "fast-check";
import { isWellFormedToken, mintToken, tokenDigest } from "../../../src/store/token-value.ts";

describe("token values", () => {
  it("have the form of trust rule 15, never repeat, and are stored as a digest only", () => {
    const minted = Array.from({ length: 500 }, () => mintToken());
    for (const token of minted) {
      expect(token.value).toMatch(/^ld_[0-9A-Za-z]{36}$/);
      expect(isWellFormedToken(token.value)).toBe(true);
      expect(token.sha256).toBe(tokenDigest(token.value));
      expect(token.value.startsWith(token.prefix)).toBe(true);
      expect(token.prefix).toHaveLength(7);
    }
    expect(new Set(minted.map((token) => token.value)).size).toBe(500);
  });

  it("T37 tell a mistyped token by its checksum: any one changed character is noticed", () => {
    const characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".split("");
    fc.assert(
      fc.property(fc.nat(35), fc.constantFrom(...characters), (position, character) => {
        const { value } = mintToken();
        const at = 3 + position;
        fc.pre(value[at] !== character);
        return !isWellFormedToken(value.slice(0, at) + character + value.slice(at + 1));
      }),
    );
  });

  it.each([
    "",
    "ld_",
    "ld_short",
    `${mintToken().value}x`,
    ` ${mintToken().value}`,
    mintToken().value.replace("ld_", "gh_"),
  ])("are not %j", (text) => {
    expect(isWellFormedToken(text)).toBe(false);
  });
});
