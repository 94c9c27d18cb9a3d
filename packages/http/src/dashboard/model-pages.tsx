import { OpenAPIHono } from "@hono/zod-openapi";
import { can, type ModelRole, TamisError } from "@tamis/core";
import { currentSnapshot } from "@tamis/storage";
import { authorise } from "../authorise.ts";
import { chartRoute } from "../charts/chart-route.ts";
import { type AppEnv, modelName } from "../services.ts";
import type { Dashboard } from "./dashboard.ts";
import { answerPage } from "./layout.tsx";
import { readModelHistory, roleChart } from "./model-history.ts";
import { ModelsPage } from "./models-page.tsx";

/** `/models`: roles, decisions, versions. */
export function modelPages({ services, now }: Dashboard): OpenAPIHono<AppEnv> {
  const { records } = services.tamis;
  const { environment } = services;
  const routes = new OpenAPIHono<AppEnv>();
  const read = () => readModelHistory(records, modelName(services));

  routes.get("/models", authorise("models:read"), async (context) => {
    const history = await read();
    return answerPage(
      context,
      <ModelsPage
        history={history}
        charts={{ champion: roleChart(history, "champion"), ranker: roleChart(history, "ranker") }}
        snapshot={(await currentSnapshot(records))?.digest}
        mayPromote={can(context.get("actor").role, "models:promote")}
        environment={environment}
        now={now()}
      />,
    );
  });

  for (const role of ["champion", "ranker"] as const satisfies readonly ModelRole[]) {
    const chart = chartRoute(`${role}s`, "models:read", async () => {
      const drawn = roleChart(await read(), role);
      if (drawn) return drawn;
      throw new TamisError("not_found", `There are fewer than two versions of a ${role}.`);
    });
    routes.route("/", chart);
  }
  return routes;
}
