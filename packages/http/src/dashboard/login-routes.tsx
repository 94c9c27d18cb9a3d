import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { clientAddress } from "../client-address.ts";
import type { Doors } from "../doors.ts";
import type { AppEnv, Services } from "../services.ts";
import { answerPage } from "./layout.tsx";
import { LoginPage, type LoginView } from "./login-page.tsx";

/** `/login` and `/logout`, for browsers: a token in, a session cookie out. Plain forms. */
export function loginRoutes(services: Services, doors: Doors): OpenAPIHono<AppEnv> {
  const { environment, trustedProxies = 0 } = services;
  const { admissions, sessions, requiresToken } = doors;
  const routes = new OpenAPIHono<AppEnv>();
  const answer = (context: Context<AppEnv>, view: LoginView, status: 200 | 401 | 429 = 200) =>
    answerPage(context, <LoginPage view={view} environment={environment} />, status);

  routes.get("/login", async (context) => {
    const next = ownPath(context.req.query("next"));
    if (!requiresToken || context.get("actor") !== undefined) return context.redirect(next, 303);
    return answer(context, { next });
  });

  routes.post("/login", async (context) => {
    const { token, next: given } = await context.req.parseBody();
    const next = ownPath(given);
    if (!requiresToken) return context.redirect(next, 303);
    const shown = typeof token === "string" ? token.trim() : "";
    const address = clientAddress(context, trustedProxies);
    const admission = await admissions.admit(shown, { address, requestId: context.get("requestId") });
    if ("actor" in admission) {
      await sessions.begin(context, admission.actor.tokenId as string);
      return context.redirect(next, 303);
    }
    if (admission.refused === "unknown") {
      return answer(context, { next, message: "This token is not known, has expired or was revoked." }, 401);
    }
    const seconds = Math.max(1, Math.ceil(admission.retryAfterMs / 1000));
    context.header("Retry-After", String(seconds));
    return answer(context, { next, message: `Too many tries. Try again in ${seconds} s.` }, 429);
  });

  routes.post("/logout", async (context) => {
    await sessions.end(context);
    return context.redirect("/login", 303);
  });
  return routes;
}

/** A path of this service, `/` for anything else: nobody is sent to another site. */
function ownPath(next: unknown): string {
  const here = "http://tamis.invalid";
  if (typeof next !== "string" || !next.startsWith("/") || !URL.canParse(next, here)) return "/";
  const { origin, pathname, search } = new URL(next, here);
  return origin === here && !pathname.startsWith("//") ? pathname + search : "/";
}
