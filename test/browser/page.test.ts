import type { Page } from "playwright-core";
import { seedItem, seedPerson, startCase, useHttp } from "../integration/http/support.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { seedCases, tell } from "./seed.ts";
import type { SeededCases } from "./seed.ts";
import { hasBrowser, useBrowser } from "./support.ts";

/** Where to keep pictures for a person to look at; none are kept unless this is set. */
const pictures = process.env["LASTDAY_PICTURES"];

(hasBrowser() ? describe : describe.skip)("the page in a browser", () => {
  const http = useHttp();
  const browser = useBrowser(http);
  let cases: SeededCases;
  beforeAll(async () => {
    cases = await seedCases(http);
  });

  const views = () => [
    { name: "overview", path: "/?show=all" },
    { name: "works", path: `/cases/${cases.works}` },
    { name: "blocked", path: `/cases/${cases.blocked}` },
    { name: "done", path: `/cases/${cases.done}` },
    { name: "held", path: `/cases/${cases.held}` },
    { name: "decisions", path: "/decisions" },
    { name: "targets", path: "/targets" },
    { name: "docs", path: "/docs" },
  ];

  it.each([
    { look: "light", dark: false, width: 1280 },
    { look: "dark", dark: true, width: 1280 },
    { look: "narrow", dark: false, width: 390 },
    { look: "narrow-dark", dark: true, width: 390 },
  ])(
    "is readable, $look: named, structured, in contrast, within the screen, and without a complaint",
    async ({ look, dark, width }) => {
      const { page, complaints } = await browser.signIn("admin", { dark, width });
      for (const { name, path } of views()) {
        await page.goto(browser.url + path);
        await page.locator("main h1").waitFor();
        expect({ name, faults: await faultsOf(page) }).toEqual({ name, faults: [] });
        if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}-${look}.png`, fullPage: true });
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it("follows what happens, without a reload and without taking the focus", async () => {
    const { page, complaints } = await browser.signIn("operator");
    await page.goto(`${browser.url}/cases/${cases.fresh}`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.evaluate(`window.notReloaded = true`);

    await seedItem(http.database, cases.fresh, {
      state: "failed",
      outcome: "revoked",
      verdict: "alive",
      grade: "probe",
      verdictReason: "answered 200",
    });
    await tell(http, cases.fresh);

    await page.getByRole("heading", { name: "Not gone yet: 1 of 1 credential still works" }).waitFor();
    expect(await page.evaluate(`window.notReloaded`)).toBe(true);
    expect(await page.evaluate(`document.querySelector("main").dataset.stale`)).toBeUndefined();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("does not take away a form that somebody fills in", async () => {
    const { page } = await browser.signIn("operator");
    await page.goto(`${browser.url}/cases/${cases.waiting}`);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("Cancel this case").click();
    await page.getByLabel("Reason").fill("half a sen");
    await seedItem(http.database, cases.waiting, { state: "done", outcome: "revoked" });
    const answers: string[] = [];
    page.on("response", (response) => answers.push(response.url()));
    await tell(http, cases.waiting);
    await page.waitForTimeout(1_500);
    expect(await page.getByLabel("Reason").inputValue()).toBe("half a sen");
    expect(answers).toEqual([]);
    await page.context().close();
  });

  it("says that it is no longer live when the stream ends", async () => {
    const { page } = await browser.signIn("viewer");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.route("**/api/v1/stream", (route) => route.abort());
    await page.reload();
    await page.getByText(/^(Reconnecting|Offline) since \d\d:\d\d UTC$/).waitFor();
    await page.context().close();
  });

  it("works by keyboard alone: skip link, list, case, decision", async () => {
    const { page } = await browser.signIn("operator");
    await page.goto(`${browser.url}/?show=needs-you`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(`document.activeElement.textContent`)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Aiko Roy" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Aiko Roy" }).waitFor();
    await page.getByLabel(/aroy/).focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "These are theirs" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Which of these accounts").waitFor({ state: "detached" });
    const { rows } = await http.database.pool.query(`SELECT account_id FROM account_link WHERE account_id = 'u-aroy'`);
    expect(rows).toHaveLength(1);
    await page.context().close();
  });

  it("works without its script", async () => {
    const { page } = await browser.signIn("operator", { javaScriptEnabled: false });
    await page.goto(`${browser.url}/cases/${cases.retrying}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.context().close();
  });

  it("hands out the certificate as a file", async () => {
    const { page } = await browser.signIn("viewer");
    await page.goto(`${browser.url}/cases/${cases.done}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download certificate" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^lastday-final-[0-9a-f-]+\.json$/);
    await page.context().close();
  });

  it("T32 runs nothing, loads nothing and goes nowhere, whatever somebody is called", async () => {
    const { page, complaints } = await browser.signIn("admin");
    const foreign: string[] = [];
    page.on("request", (sent) => {
      if (!sent.url().startsWith(browser.url)) foreign.push(sent.url());
    });
    for (const [n, name] of hostileNames.entries()) {
      const personId = await seedPerson(http.database, { displayName: name, userName: `${n} ${name.slice(0, 150)}` });
      const caseId = await startCase(http, { personId });
      await seedItem(http.database, caseId, {
        state: "failed",
        outcome: "revoked",
        verdict: "alive",
        grade: "probe",
        label: name,
        verdictReason: name,
      });
      await page.goto(`${browser.url}/cases/${caseId}`);
      const shown = await page.locator("h1 bdi").textContent();
      expect(shown).toBe(name.replaceAll(/\p{Cc}/gu, "\u{FFFD}"));
    }
    await page.goto(`${browser.url}/?show=all`);
    expect({ complaints, foreign, url: page.url() }).toEqual({
      complaints: [],
      foreign: [],
      url: `${browser.url}/?show=all`,
    });
    await page.context().close();
  });
});

/** Faults that a page can be asked about: names, structure, contrast (WCAG 2.2 AA), size of what is pressed, overflow. */
async function faultsOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const faults = [];
    const seen = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
    const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
    if (document.documentElement.lang === "") faults.push("no language");
    if (document.title.trim() === "") faults.push("no title");
    if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
    if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) faults.push("two of id " + id);
    for (const node of document.querySelectorAll("[style]")) faults.push("style attribute on " + node.tagName);
    for (const node of document.querySelectorAll("[aria-labelledby]"))
      if (document.getElementById(node.getAttribute("aria-labelledby")) === null) faults.push("label is missing");
    for (const node of all("a, button, summary, input:not([type=hidden])")) {
      const name = node.getAttribute("aria-label") ?? (node.labels?.[0]?.textContent || node.textContent);
      if (name.trim() === "") faults.push("no name: " + node.outerHTML.slice(0, 80));
    }
    for (const node of all("button, summary, .button, .chips a, nav a")) {
      const { width, height } = node.getBoundingClientRect();
      if (width < 24 || height < 24) faults.push("too small: " + node.textContent.trim());
    }
    for (const table of document.querySelectorAll("table")) {
      if (table.caption === null) faults.push("table without caption");
      for (const head of table.querySelectorAll("thead th")) if (head.scope !== "col") faults.push("column without scope");
      for (const head of table.querySelectorAll("tbody th")) if (head.scope !== "row") faults.push("row without scope");
    }
    for (const svg of document.querySelectorAll("svg")) if (svg.getAttribute("aria-hidden") !== "true") faults.push("picture that is read out");
    let level = 1;
    for (const head of document.querySelectorAll("h1, h2, h3, h4")) {
      const own = Number(head.tagName[1]);
      if (own > level + 1) faults.push("heading skips a level: " + head.textContent);
      level = own;
    }
    if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the screen: " + document.documentElement.scrollWidth);
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
    const light = (rgb) => { const [r, g, b] = rgb.map((v) => { const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    for (const node of all("main *, header *")) {
      const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== "");
      if (!hasText || node.closest(".hidden, .skip, svg") !== null) continue;
      let under = node;
      while (under !== null && parse(getComputedStyle(under).backgroundColor).a === 0) under = under.parentElement;
      const back = light(under === null ? [255, 255, 255] : parse(getComputedStyle(under).backgroundColor).rgb);
      const fore = light(parse(getComputedStyle(node).color).rgb);
      const ratio = (Math.max(back, fore) + 0.05) / (Math.min(back, fore) + 0.05);
      if (ratio < 4.5) faults.push("contrast " + ratio.toFixed(2) + ": " + node.textContent.trim().slice(0, 40));
    }
    return faults;
  })()`);
}
