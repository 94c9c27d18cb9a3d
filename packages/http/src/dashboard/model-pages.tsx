import { OpenAPIHono } from "@hono/zod-openapi";
import { can, type ModelRole, TamisError } from "@tamis/core";
import { rollBack } from "@tamis/ml";
import { currentSnapshot, modelCatalog } from "@tamis/storage";
import { z } from "zod";
import { authorise } from "../authorise.ts";
import { chartRoute } from "../charts/chart-route.ts";
import { type AppEnv, modelName } from "../services.ts";
import { callerOf } from "../training-jobs.ts";
import type { Dashboard } from "./dashboard.ts";
import { answerPage } from "./layout.tsx";
import { holders, type ModelHistory, readModelHistory, roleChart } from "./model-history.ts";
import { ModelsPage } from "./models-page.tsx";
import { RollBackPage } from "./roll-back-page.tsx";

const RoleField = z.enum(["champion", "ranker"]).catch("champion");
const RollBackForm = z.object({
  role: z.enum(["champion", "ranker"]),
  version: z.coerce.number().int(),
  expected: z.coerce.number().int(),
});

/** `/models`: roles, decisions, versions. */
export function modelPages({ services, now }: Dashboard): OpenAPIHono<AppEnv> {
  const { records, objects } = services.tamis;
  const { environment } = services;
  const routes = new OpenAPIHono<AppEnv>();
  const catalog = modelCatalog(records);
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
        {...doneSentence(history, context.req.query("done"))}
        environment={environment}
        now={now()}
      />,
    );
  });

  routes.get("/models/roll-back", authorise("models:promote"), async (context) => {
    const role = RoleField.parse(context.req.query("role"));
    const { present, previous } = holders(await read(), role);
    if (!present || !previous) throw nothingBefore(role);
    return answerPage(
      context,
      <RollBackPage role={role} present={present} previous={previous} environment={environment} />,
    );
  });

  routes.post("/models/roll-back", authorise("models:promote"), async (context) => {
    const form = RollBackForm.safeParse(await context.req.parseBody());
    if (!form.success) throw new TamisError("invalid_input", "This is not the form of the page Models.");
    const { role, version, expected } = form.data;
    const { present, previous } = holders(await read(), role);
    if (present?.version !== expected || previous?.version !== version) {
      throw new TamisError(
        "conflict",
        `The ${role} has changed since that page was drawn. Look at Models again.`,
      );
    }
    await rollBack({ catalog, objects }, modelName(services), { ...callerOf(context), role });
    return context.redirect(`/models?done=${role}`, 303);
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

/** What the reader has just done, as it stands now. */
function doneSentence(history: ModelHistory, asked: string | undefined): { done?: string } {
  if (asked === undefined) return {};
  const role = RoleField.parse(asked);
  const { present } = holders(history, role);
  return present ? { done: `The ${role} is version ${present.version} now, ${present.algorithm}.` } : {};
}

function nothingBefore(role: ModelRole): TamisError {
  return new TamisError("not_found", `There is no ${role} before the present one to go back to.`);
}
