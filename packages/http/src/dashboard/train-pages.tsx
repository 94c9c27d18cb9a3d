import { OpenAPIHono } from "@hono/zod-openapi";
import { can, isTamisError, type PipelineRun } from "@tamis/core";
import { recommenderNames, TrainingRunConfig } from "@tamis/ml";
import { currentSnapshot } from "@tamis/storage";
import type { Context } from "hono";
import { authorise } from "../authorise.ts";
import { problemKinds } from "../problem.ts";
import type { AppEnv } from "../services.ts";
import { callerOf, trainingJobs } from "../training-jobs.ts";
import { readTrainingStatus, standingOf, verdictOf } from "../training-status.ts";
import type { Dashboard } from "./dashboard.ts";
import { answerPage } from "./layout.tsx";
import { readTrainForm } from "./train-form.ts";
import { TrainPage, type TrainView } from "./train-page.tsx";

/** `/train`: a form to start a training, and how it goes. */
export function trainPages({ services, now }: Dashboard): OpenAPIHono<AppEnv> {
  const { environment, tamis } = services;
  const { records } = tamis;
  const jobs = trainingJobs(services);
  const routes = new OpenAPIHono<AppEnv>();

  routes.get("/train", authorise("training:read"), async (context) => {
    const { run: id } = context.req.query();
    const run = id === undefined ? undefined : await jobs.find(id);
    return answer(context, run, {}, 200);
  });

  routes.post("/train", authorise("training:start"), async (context) => {
    try {
      const config = readTrainForm(await context.req.parseBody({ all: true }));
      const { runId } = await jobs.start(config, callerOf(context));
      return context.redirect(`/train?run=${runId}`, 303);
    } catch (error) {
      if (!isTamisError(error) || problemKinds[error.code].status === 500) throw error;
      const running = error.code === "conflict" ? String(error.details.runId) : undefined;
      const run = running === undefined ? undefined : await jobs.find(running);
      return answer(context, run, { message: error.message }, problemKinds[error.code].status);
    }
  });

  routes.post("/train/cancel", authorise("training:cancel"), async (context) => {
    const { run = "" } = await context.req.parseBody();
    try {
      await jobs.cancel(String(run), callerOf(context));
    } catch (error) {
      // It ended while the reader made up their mind: the page says how.
      if (!isTamisError(error) || error.code !== "conflict") throw error;
    }
    return context.redirect(`/train?run=${encodeURIComponent(String(run))}`, 303);
  });
  return routes;

  async function answer(
    context: Context<AppEnv>,
    asked: PipelineRun | undefined,
    more: Partial<TrainView>,
    status: 200 | (typeof problemKinds)[keyof typeof problemKinds]["status"],
  ) {
    const last = await readTrainingStatus(records);
    const run = asked ?? last.run ?? undefined;
    const verdict = run?.status === "finished" ? await verdictOf(records, run.runId) : null;
    const { role } = context.get("actor");
    const known = TrainingRunConfig.safeParse(run?.config ?? {});
    const view: TrainView = {
      algorithms: recommenderNames,
      config: known.success ? known.data : TrainingRunConfig.parse({}),
      run,
      standing: run ? (await standingOf(records, run, verdict)).message : "",
      verdict,
      ratings: (await currentSnapshot(records))?.rows,
      hasWorker: services.jobs !== undefined,
      mayStart: can(role, "training:start"),
      mayCancel: can(role, "training:cancel"),
      ...more,
    };
    return answerPage(context, <TrainPage view={view} environment={environment} now={now()} />, status);
  }
}
