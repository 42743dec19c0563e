import { html, nothing } from "./html.ts";
import type { Html } from "./html.ts";

/** Shown to whoever has no session. `refused` says that a token was given and is not one of ours. */
export function signInPage({ basePath, organization, refused, next }: SignInInput): Html {
  return html`<section class="card sign-in">
    <header><h1>Sign in</h1></header>
    <div class="body">
      <p class="soft">Lastday of ${organization}. Sign in with an API token.</p>
      ${refused ? html`<p class="bad" role="alert">This token is not valid, or it was revoked.</p>` : nothing}
      <form class="stack" method="post" action="${basePath}/session">
        <input type="hidden" name="next" value="${next}" />
        <label for="token"
          >Token
          <input
            type="password"
            id="token"
            name="token"
            required
            maxlength="200"
            autocomplete="off"
            spellcheck="false"
            autofocus
          />
        </label>
        <div><button class="primary" type="submit">Sign in</button></div>
      </form>
      <p class="small quiet">
        The first start wrote an operator token into the data folder: <code>operator.token</code>. More are made with
        <code>lastday token</code>.
      </p>
    </div>
  </section>`;
}

export interface SignInInput {
  basePath: string;
  organization: string;
  refused: boolean;
  /** Path of ours to go to afterwards. */
  next: string;
}
