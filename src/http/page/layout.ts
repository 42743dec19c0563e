import type { Actor } from "../actor.ts";
import { assets } from "./assets/index.ts";
import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";

export interface Shell {
  organization: string;
  /** `""` or `/lastday`. */
  basePath: string;
}

export interface PageInput extends Shell {
  title: string;
  /** Null: nobody is signed in, so there is nothing to go to and nothing to follow. */
  actor: Actor | null;
  here: "cases" | "decisions" | "targets" | "docs" | null;
  /** Follow the event stream: everything, one case, or nothing. */
  follow: { caseId: string | null } | null;
  main: Html;
}

/** The whole document around a page's content. */
export function layout(page: PageInput): string {
  const { basePath, actor, follow } = page;
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Lastday</title>
        <link rel="stylesheet" href="${basePath}${assets.style.path}" />
        <link rel="icon" type="image/svg+xml" href="${basePath}${assets.icon.path}" />
        <script src="${basePath}${assets.script.path}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="${basePath}/">${logo}Lastday</a>
          ${actor === null ? nothing : navigation(page)}
          <div class="end">
            ${follow === null ? nothing : html`<span class="live" role="status" data-stream="${basePath}/api/v1/stream" data-case="${follow.caseId}">Not live</span>`}
            <span class="mid small">Times in UTC</span>
            ${actor === null ? nothing : signOut(basePath, actor)}
          </div>
        </header>
        <main id="main" tabindex="-1">${page.main}</main>
        <p class="hidden" id="announcement" aria-live="polite"></p>
        ${stripes}
      </body>
    </html>`;
  return document.markup;
}

function navigation({ basePath, here }: PageInput): Html {
  const link = (path: string, name: PageInput["here"], text: string): Html =>
    html`<a href="${basePath}${path}" ${here === name ? html`aria-current="page"` : nothing}>${text}</a>`;
  return html`<nav aria-label="Main">
    ${link("/", "cases", "Offboardings")} ${link("/decisions", "decisions", "Decisions")}
    ${link("/targets", "targets", "Targets")} ${link("/docs", "docs", "API")}
  </nav>`;
}

function signOut(basePath: string, { name, role }: Actor): Html {
  return html`<form method="post" action="${basePath}/session/end">
    <span class="mid small">${name} (${role})</span> <button type="submit">Sign out</button>
  </form>`;
}

const logo = html`<svg class="icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
  <circle cx="10" cy="7" r="4" />
  <path d="M3 21v-1a6 6 0 0 1 6-6h3M16 19h6" />
</svg>`;

/** Still works is striped as well as red: colour alone tells nobody. */
const stripes = html`<svg class="defs" aria-hidden="true" focusable="false">
  <defs>
    <pattern id="stripes" width="6" height="8" patternUnits="userSpaceOnUse" patternTransform="skewX(-30)">
      <rect width="6" height="8" />
      <path d="M2 0v8" />
    </pattern>
  </defs>
</svg>`;
