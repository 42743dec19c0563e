import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import type { TokenRole } from "../../src/store/tokens.ts";
import type { TestHttp } from "../integration/http/support.ts";

const executablePath = process.env["LASTDAY_CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether a browser is here. Without one the tests are skipped, loudly, unless everything is required. */
export function hasBrowser(): boolean {
  if (existsSync(executablePath)) return true;
  if (process.env["LASTDAY_REQUIRE_ALL"] === "1")
    throw new Error(`No browser at ${executablePath}; it is required here`);
  console.warn(`SKIPPED: no browser at ${executablePath} (set LASTDAY_CHROMIUM, or install chromium)`);
  return false;
}

export interface TestBrowser {
  readonly url: string;
  /** A page of a fresh profile, signed in with a token of the role; what it complains about is collected. */
  signIn(role: TokenRole, options?: PageOptions): Promise<WatchedPage>;
  open(options?: PageOptions): Promise<WatchedPage>;
}

export interface PageOptions {
  dark?: boolean;
  width?: number;
  height?: number;
  javaScriptEnabled?: boolean;
}

export interface WatchedPage {
  page: Page;
  /** Errors, blocked content and dialogs; a good page has none. */
  complaints: string[];
}

/** The app on a port of the system's choosing, and a browser in front of it. */
export function useBrowser(http: TestHttp): TestBrowser {
  const server = createServer((req, res) => void http.app(req, res));
  let browser: Browser | null = null;
  let url = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(options: PageOptions = {}): Promise<WatchedPage> {
    if (browser === null) throw new Error("useBrowser: the browser is there from beforeAll on");
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      colorScheme: options.dark === true ? "dark" : "light",
      javaScriptEnabled: options.javaScriptEnabled ?? true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { page, complaints };
  }

  return {
    get url() {
      return url;
    },
    open,
    async signIn(role, options) {
      const opened = await open(options);
      await opened.page.goto(url);
      await opened.page.getByLabel("Token").fill(await http.token(role));
      await opened.page.getByRole("button", { name: "Sign in" }).click();
      await opened.page.getByRole("heading", { name: "Offboardings" }).waitFor();
      opened.complaints.length = 0; // the browser remarks upon the 401 of the sign-in page
      return opened;
    },
  };
}
