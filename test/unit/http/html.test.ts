import fc from "fast-check";
import { html } from "../../../src/http/page/html.ts";

describe("T32 markup", () => {
  it("lets no value out of its text or its quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (hostile) => {
        const { markup } = html`<p title="${hostile}">${hostile}</p>`;
        const inside = /^<p title="([^]*)">([^]*)<\/p>$/.exec(markup);
        expect(inside?.[1]).not.toMatch(/[<>"'`]/);
        expect(inside?.[2]).not.toMatch(/[<>]/);
      }),
    );
  });

  it("gives a reader back what was put in", () => {
    const decode = (text: string): string =>
      text.replaceAll(
        /&(?:amp|lt|gt|quot|#39|#96);/g,
        (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" })[entity] ?? "`",
      );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!/\p{Cc}/u.test(text));
        expect(decode(html`${text}`.markup)).toBe(text);
      }),
    );
  });

  it("shows control characters instead of obeying them", () => {
    expect(html`${"a\u0000b\u001b[31mc\u0085\r\n\td"}`.markup).toBe("a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}\u{FFFD}\n\td");
  });

  it("takes nested markup as markup, lists as their parts, and nothing as nothing", () => {
    const entries = ["<a>", "b"].map((text) => html`<li>${text}</li>`);
    expect(html`${entries}${null}${undefined}${false}${0}`.markup).toBe("<li>&lt;a&gt;</li><li>b</li>0");
  });
});
