import type { EnvironmentName } from "@tamis/core";
import type { FC } from "hono/jsx";
import { Layout } from "./layout.tsx";

export interface LoginView {
  /** Where to go once signed in: a path of this service. */
  readonly next: string;
  /** Why it did not work, in one sentence. */
  readonly message?: string;
}

/** Sign in with a token. */
export const LoginPage: FC<{ view: LoginView; environment: EnvironmentName }> = ({ view, environment }) => (
  <Layout title="Sign in" environment={environment}>
    <div>
      <h1>Sign in</h1>
      <p class="lead">
        Paste a token. It is kept nowhere in this browser; you stay signed in for twelve hours, or until half
        an hour passes without a request.
      </p>
    </div>
    {view.message ? (
      <p class="alert" role="alert">
        {view.message}
      </p>
    ) : null}
    <section class="card" aria-label="Sign in">
      <form class="form" method="post" action="/login">
        <input type="hidden" name="next" value={view.next} />
        <div class="field">
          <label for="token">Token</label>
          <input
            id="token"
            name="token"
            type="password"
            required
            maxlength={512}
            autocomplete="current-password"
            spellcheck={false}
          />
        </div>
        <button type="submit">Sign in</button>
      </form>
      <p class="note">
        An administrator makes tokens with: <code>tamis token create NAME --role ROLE</code>
      </p>
    </section>
  </Layout>
);
