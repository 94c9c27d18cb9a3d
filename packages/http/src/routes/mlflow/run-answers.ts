import type { MetricPoint, Run } from "@tamis/storage";
import {
  datasetInputOf,
  messageTag,
  ownTags,
  parametersOf,
  tagsOf,
  toMlflowKey,
  toMlflowStatus,
} from "@tamis/storage/mlflow";

/** Runs as MLflow answers them, with all points of their metrics by name and step. */
export function runAnswers(runs: readonly Run[], points: readonly MetricPoint[]) {
  const byRun = new Map<string, MetricPoint[]>(runs.map(({ runId }) => [runId, []]));
  for (const point of points) byRun.get(point.runId)?.push(point);
  return runs.map((run) => answer(run, byRun.get(run.runId)!));
}

function answer(run: Run, points: readonly MetricPoint[]) {
  const { parameters, tags } = parametersOf(run.parameters);
  const facts = {
    ...{ experiment: run.experiment, name: run.name, tags: run.tags },
    ...(run.snapshot !== null && { snapshot: run.snapshot }),
    ...(run.seed !== null && { seed: run.seed }),
  };
  return {
    info: {
      ...{ run_id: run.runId, run_uuid: run.runId, run_name: run.name, experiment_id: run.experiment },
      status: toMlflowStatus(run.status),
      start_time: run.startedAt.getTime(),
      ...(run.endedAt && { end_time: run.endedAt.getTime() }),
      artifact_uri: `mlflow-artifacts:/runs/${run.runId}`,
      lifecycle_stage: "active",
    },
    data: {
      metrics: latest(points),
      params: parameters,
      tags: [
        ...tagsOf(run.runId, facts),
        ...tags,
        { key: ownTags.name, value: run.name },
        ...(run.message === null ? [] : [messageTag(run.message)]),
      ],
    },
    inputs: { dataset_inputs: run.snapshot === null ? [] : [datasetInputOf(run.snapshot)] },
  };
}

export function metricAnswer({ name, value, step, loggedAt }: MetricPoint) {
  return { key: toMlflowKey(name), value, step, timestamp: loggedAt.getTime() };
}

/** The points are sorted by name, then step. */
function latest(points: readonly MetricPoint[]) {
  return points.filter(({ name }, at) => points[at + 1]?.name !== name).map(metricAnswer);
}
