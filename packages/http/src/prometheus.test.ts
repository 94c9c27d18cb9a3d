import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runPipeline } from "@tamis/core";
import { driftPipeline } from "@tamis/ml";
import { driftPorts, runLedger } from "@tamis/storage";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Service, serve } from "./serve.ts";
import { importFilms, type OpenService, openService, trainModel } from "./testing/open-service.ts";
import { describePrometheus, type Prometheus, startPrometheus } from "./testing/throwaway-prometheus.ts";

const deploy = fileURLToPath(new URL("../../../deploy/", import.meta.url));
const read = (name: string) => readFileSync(`${deploy}${name}`, "utf8");

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Rule {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  readonly annotations: Record<string, string>;
}
const dashboard = JSON.parse(read("grafana/dashboards/tamis.json")) as {
  uid: string;
  refresh: string;
  panels: readonly Panel[];
  templating: { list: readonly { name: string; type: string }[] };
};
const drawn = dashboard.panels.filter(({ type }) => type !== "row");
const queries = drawn.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
);
const variables = { $__rate_interval: "30s", $job: "tamis", $instance: ".*" };

/** What promtool complains of: nothing, when it is content. It runs beside, so that connections stay open. */
function promtool(args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile("promtool", args, { cwd: `${deploy}prometheus` }, (error, stdout, stderr) =>
      resolve(error === null ? "" : `${stdout}${stderr}` || error.message),
    );
    child.stdin?.end(input);
  });
}

describePrometheus("with a real Prometheus", () => {
  let service: OpenService;
  let listening: Service;
  let prometheus: Prometheus;

  beforeAll(async () => {
    service = await openService();
    await importFilms(service);
    await trainModel(service);
    listening = await serve(service.app, { port: 0 });
    await post("/monitoring/drift/baseline");
    const interval = { start: new Date("2026-02-01"), end: new Date("2026-02-02") };
    const pipeline = driftPipeline(driftPorts(service.tamis));
    await runPipeline(pipeline, { ledger: runLedger(service.tamis.records), interval });
    const config = read("prometheus/prometheus.yml")
      .replaceAll("15s", "1s")
      .replace("127.0.0.1:8080", new URL(listening.url).host);
    prometheus = await startPrometheus(config, { "alerts.yml": read("prometheus/alerts.yml") });
  }, 120_000);
  afterAll(async () => {
    await prometheus?.close();
    await listening?.close();
    await service?.close();
  });

  const post = (path: string, body: object = {}) =>
    fetch(`${listening.url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  /** Makes some traffic, and asks until there is an answer; the limit is the test's. */
  async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      await post("/predict/", { user_id: 1 });
      await post("/predict/", { user_id: "nobody" });
      const found = await ask();
      if (found !== undefined) return found;
      await wait(500);
    }
  }
  async function samples(expr: string): Promise<object[] | undefined> {
    const query = encodeURIComponent(expr);
    const { result } = await prometheus.ask<{ result: object[] }>(`query?query=${query}`);
    return result.length > 0 ? result : undefined;
  }

  it("exposes metrics that promtool finds nothing wrong with", async () => {
    await post("/predict/", { user_id: 1 });
    const metrics = await (await fetch(`${listening.url}/metrics`)).text();
    expect(await promtool(["check", "metrics"], metrics)).toBe("");
    expect(metrics).toContain('training_runs_total{status="finished"} 1');
    expect(metrics).toContain('training_runs_total{status="failed"} 0');
    expect(metrics).toContain('ingest_rows_total{outcome="accepted"} 1500');
    expect(metrics).toContain('validation_failures_total{rule="rating_not_a_number"}');
    expect(metrics).toContain("\ndata_drift_detected 0\n");
  });

  it("has a configuration and alerts that promtool accepts, and whose unit tests pass", async () => {
    expect(await promtool(["check", "config", "prometheus.yml"])).toBe("");
    expect(await promtool(["check", "rules", "alerts.yml"])).toBe("");
    expect(await promtool(["test", "rules", "alerts.test.yml"])).toBe("");
  });

  it("has a dashboard of at least the five panels of old, on any data source, every 10 s", () => {
    expect(drawn.length).toBeGreaterThanOrEqual(5);
    expect(dashboard).toMatchObject({ uid: "tamis-service", refresh: "10s" });
    expect(dashboard.templating.list[0]).toMatchObject({ name: "datasource", type: "datasource" });
    for (const { datasource } of drawn) expect(datasource?.uid).toBe("$".concat("{datasource}"));
  });

  it.each(queries)("draws something in the panel “%s”: %s", async (_title, expr) => {
    let query = expr;
    for (const [name, value] of Object.entries(variables)) query = query.replaceAll(name, value);
    expect((await until(() => samples(query))).length).toBeGreaterThan(0);
  });

  it("evaluates every alert, over metrics that are there", async () => {
    const rules = await until(async () => {
      const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>("rules");
      const all = groups.flatMap((group) => group.rules);
      return all.every(({ health }) => health !== "unknown") ? all : undefined;
    });
    const known = new Set(await prometheus.ask<string[]>("label/__name__/values"));
    expect(rules.length).toBeGreaterThan(10);
    const page = readFileSync(`${deploy}../docs/monitoring.md`, "utf8");
    for (const { name, query, health, lastError, annotations } of rules) {
      expect([name, health, lastError ?? ""]).toEqual([name, "ok", ""]);
      expect([name, annotations.runbook]).toEqual([name, expect.stringMatching(/\S/)]);
      expect([name, page.includes(`| ${name} `)]).toEqual([name, true]);
      const bare = query.replace(/\{[^}]*\}|\b(by|ignoring|on) ?\([^)]*\)|"[^"]*"/g, " ");
      const named = (bare.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? []).filter(
        (word) => word !== "histogram_quantile",
      );
      for (const metric of named) expect([name, metric, known.has(metric)]).toEqual([name, metric, true]);
    }
  });
});
