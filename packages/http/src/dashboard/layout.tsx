import type { EnvironmentName } from "@tamis/core";
import type { Context } from "hono";
import { createContext, type FC, type PropsWithChildren, useContext } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { chartClient, favicon, script, stylesheets } from "../assets.ts";
import type { Actor } from "../services.ts";

/** The pages of the menu, in order. */
const menu = [
  { href: "/", label: "Overview" },
  { href: "/recommend", label: "Recommend" },
  { href: "/train", label: "Train" },
  { href: "/runs", label: "Runs" },
  { href: "/models", label: "Models" },
  { href: "/monitoring", label: "Drift & service" },
] as const;

/** Who looks at the page, for what depends on it; nobody before signing in. */
const ActorContext = createContext<Actor | undefined>(undefined);

interface LayoutProps {
  /** Names the page in the window's title. */
  readonly title: string;
  /** Which entry of the menu is this one; none for an error page. */
  readonly path?: string;
  readonly environment: EnvironmentName;
  /** For readers without JavaScript: the page asks for itself again after so many seconds. */
  readonly refreshSeconds?: number;
}

/** The frame of every page: skip link, header with the menu and the environment, main part, footer. */
export const Layout: FC<PropsWithChildren<LayoutProps>> = ({
  title,
  path,
  environment,
  refreshSeconds,
  children,
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      {refreshSeconds ? (
        <noscript>
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        </noscript>
      ) : null}
      <title>{`${title} · Tamis`}</title>
      <link rel="icon" href={favicon.href} type="image/svg+xml" />
      {stylesheets.map((sheet) => (
        <link rel="stylesheet" href={sheet.href} />
      ))}
      {script ? <script type="module" src={script.href} data-chart-client={chartClient?.href} /> : null}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="/">
            <Mark />
            Tamis
          </a>
          <nav aria-label="Pages">
            <ul class="menu">
              {menu.map(({ href, label }) => (
                <li>
                  <a href={href} aria-current={href === path ? "page" : undefined}>
                    {label}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <span class={`badge environment environment-${environment.toLowerCase()}`}>
            <span class="hidden">Environment: </span>
            {environment}
          </span>
          <SignedIn />
        </div>
      </header>
      <main id="main" tabindex={-1}>
        {children}
      </main>
      <footer class="foot">
        <a href="/openapi.json">OpenAPI</a>
        <a href="/metrics">Metrics</a>
        <a href="/readyz">Readiness</a>
        <span>All times are UTC.</span>
      </footer>
    </body>
  </html>
);

/** Answers with a whole HTML document. */
export async function answerPage(
  context: Context,
  page: JSX.Element,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const actor: Actor | undefined = context.get("actor");
  const document = <ActorContext.Provider value={actor}>{page}</ActorContext.Provider>;
  return context.html(`<!doctype html>${await document.toString()}`, status, { "Cache-Control": "no-store" });
}

/** Who is signed in, with the way out; nothing where nobody signs in. */
const SignedIn: FC = () => {
  const actor = useContext(ActorContext);
  if (!actor?.tokenId) return null;
  return (
    <form class="signed-in" method="post" action="/logout">
      <span>
        {actor.name} <span class="note">({actor.role})</span>
      </span>
      <button type="submit" class="quiet">
        Sign out
      </button>
    </form>
  );
};

const Mark: FC = () => (
  <svg width="26" height="26" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2.2" />
    <g fill="currentColor">
      {[8, 12, 16].flatMap((x) => [8.5, 12.5].map((y) => <circle cx={x} cy={y} r="1.25" />))}
      <circle cx="12" cy="16.5" r="1.25" />
    </g>
  </svg>
);
