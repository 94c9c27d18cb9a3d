import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { OpenAPIHono } from "@hono/zod-openapi";
import { matchesEtag } from "./etag.ts";
import type { AppEnv } from "./services.ts";

/** A file that never changes under its address: the address holds a part of its hash. */
interface Asset {
  /** e.g. `/assets/frame.0f3a9c2b71d4.css` */
  readonly href: string;
  readonly type: string;
  readonly body: string;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** The stylesheets of every page: colours and frame first, then what stands in it. */
export const stylesheets = ["frame.css", "content.css", "forms.css", "figures.css", "pages.css"].map((name) =>
  readAsset(`assets/${name}`, "text/css; charset=utf-8"),
);
/** The mark of the service. */
export const favicon = readAsset("assets/favicon.svg", "image/svg+xml");
/** What pages do beyond reading and forms. Absent before the first build, and then they only read and have forms. */
export const script = readScript("islands.js");
/** Draws charts live; asked for by {@link script} when a reader means to use one. */
export const chartClient = readScript("chart-client.js");

/** Serves the assets: cached for a year, with an ETag, compressed where that is accepted. */
export function assetRoutes(): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  const assets = new Map(
    [...stylesheets, favicon, script, chartClient].flatMap((asset) =>
      asset ? [[asset.href, asset] as const] : [],
    ),
  );
  routes.get("/assets/:file", (context) => {
    const asset = assets.get(context.req.path);
    if (asset === undefined) return context.notFound();
    const headers = {
      ETag: asset.etag,
      "Cache-Control": "public, max-age=31536000, immutable",
      Vary: "Accept-Encoding",
    };
    if (matchesEtag(context.req.header("If-None-Match"), asset.etag)) return context.body(null, 304, headers);
    const typed = { ...headers, "Content-Type": asset.type };
    return /\bgzip\b/.test(context.req.header("Accept-Encoding") ?? "")
      ? context.body(asset.gzipped, 200, { ...typed, "Content-Encoding": "gzip" })
      : context.body(asset.body, 200, typed);
  });
  return routes;
}

/** Scripts are built (`npm run build`), from `islands/`. */
function readScript(name: string): Asset | undefined {
  const path = `dist/browser/${name}`;
  return existsSync(packageFile(path)) ? readAsset(path, "text/javascript; charset=utf-8") : undefined;
}

function readAsset(path: string, type: string): Asset {
  const body = readFileSync(packageFile(path), "utf8");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return {
    href: `/assets/${name.slice(0, dot)}.${hash}${name.slice(dot)}`,
    type,
    body,
    gzipped: gzipSync(body, { level: 9 }) as Uint8Array<ArrayBuffer>,
    etag: `"${hash}"`,
  };
}

/** `assets/` and `dist/` lie beside both `src/` and `dist/`, so the same address serves before and after a build. */
function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
