import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./services.ts";

/** A file that never changes under its address: the address holds a part of its hash. */
interface Asset {
  /** e.g. `/assets/frame.0f3a9c2b71d4.css` */
  readonly href: string;
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

/** The stylesheets of every page: colours and frame first, then what stands in it. */
export const stylesheets = ["frame.css", "content.css", "forms.css"].map((name) =>
  readAsset(name, "text/css; charset=utf-8"),
);
/** The mark of the service. */
export const favicon = readAsset("favicon.svg", "image/svg+xml");

/** Serves the assets: cached for a year, with an ETag. */
export function assetRoutes(): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const asset of [...stylesheets, favicon]) {
    routes.get(asset.href, (context) => {
      const headers = { ETag: asset.etag, "Cache-Control": "public, max-age=31536000, immutable" };
      if (context.req.header("If-None-Match")?.includes(asset.etag)) return context.body(null, 304, headers);
      return context.body(asset.body, 200, { ...headers, "Content-Type": asset.type });
    });
  }
  return routes;
}

/** `assets/` lies beside both `src/` and `dist/`, so the same address serves before and after a build. */
function readAsset(name: string, type: string): Asset {
  const body = readFileSync(new URL(`../assets/${name}`, import.meta.url), "utf8");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  return {
    href: `/assets/${name.slice(0, dot)}.${hash}${name.slice(dot)}`,
    type,
    body,
    etag: `"${hash}"`,
  };
}
