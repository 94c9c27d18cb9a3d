import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Endpoint, endpoint, invalid, Key, KeyValues, missing, Refusal } from "./endpoint.ts";

interface FakeMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}
export interface FakeRun {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly startTime: number;
  status: string;
  endTime: number | undefined;
  lifecycle: "active" | "deleted";
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  /** Every value ever logged, by all that makes it one. */
  readonly metrics: Map<string, FakeMetric>;
  readonly inputs: { name: string; digest: string; source: string }[];
}
export interface FakeExperiment {
  readonly id: string;
  readonly name: string;
  lifecycle: "active" | "deleted";
}

const Metric = z.strictObject({
  key: Key,
  value: z.number(),
  timestamp: z.int().min(0),
  step: z.int().default(0),
});
const Tags = (count: number) => KeyValues({ count, value: 5000 });
const RunId = { run_id: z.string().min(1) };

/** Experiments and runs: what MLflow's documentation and source say of these endpoints, and no more. */
export function fakeRuns(artifactRoot: string) {
  const experiments = new Map<string, FakeExperiment>([
    ["0", { id: "0", name: "Default", lifecycle: "active" }],
  ]);
  const runs = new Map<string, FakeRun>();
  const endpoints: Record<string, Endpoint> = {
    "GET experiments/get-by-name": endpoint({ experiment_name: z.string() }, ({ experiment_name: name }) => {
      const found = [...experiments.values()].find((one) => one.name === name);
      if (found === undefined) throw missing(`Experiment ${name}`);
      return { experiment: experimentOf(found) };
    }),
    "GET experiments/get": endpoint({ experiment_id: z.string() }, ({ experiment_id: id }) => ({
      experiment: experimentOf(experimentWith(id)),
    })),
    "POST experiments/create": endpoint({ name: z.string().min(1).max(500) }, ({ name }) => {
      if ([...experiments.values()].some((one) => one.name === name)) {
        throw new Refusal("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.`);
      }
      const id = `${experiments.size}`;
      experiments.set(id, { id, name, lifecycle: "active" });
      return { experiment_id: id };
    }),
    "POST runs/create": endpoint(
      {
        experiment_id: z.string(),
        run_name: z.string().optional(),
        start_time: z.int().min(0),
        tags: Tags(100).default([]),
      },
      (given) => {
        if (experimentWith(given.experiment_id).lifecycle !== "active") throw invalid("experiment deleted");
        const id = randomUUID().replaceAll("-", "");
        const run: FakeRun = {
          id,
          experimentId: given.experiment_id,
          name: given.run_name ?? id,
          startTime: given.start_time,
          status: "RUNNING",
          endTime: undefined,
          lifecycle: "active",
          params: new Map(),
          tags: new Map(given.tags.map(({ key, value }) => [key, value])),
          metrics: new Map(),
          inputs: [],
        };
        runs.set(id, run);
        return { run: answerOf(run) };
      },
    ),
    "GET runs/get": endpoint(RunId, ({ run_id }) => ({ run: answerOf(runWith(run_id)) })),
    "POST runs/search": endpoint(
      {
        experiment_ids: z.array(z.string()).min(1),
        filter: z.string().default(""),
        run_view_type: z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]).default("ACTIVE_ONLY"),
        max_results: z.int().min(1).max(50_000).default(1000),
      },
      (given) => {
        const [, key = "", value] = /^tags\.`([^`]+)` = '([^']*)'$/.exec(given.filter) ?? [];
        if (value === undefined) throw invalid(`Invalid filter ${given.filter}`);
        const found = [...runs.values()].filter(
          (run) =>
            given.experiment_ids.includes(run.experimentId) &&
            (given.run_view_type === "ALL" || run.lifecycle === "active") &&
            run.tags.get(key) === value,
        );
        return { runs: found.slice(0, given.max_results).map(answerOf) };
      },
    ),
    "POST runs/update": endpoint(
      {
        ...RunId,
        status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
        end_time: z.int().min(0).optional(),
      },
      ({ run_id, status, end_time }) => {
        const run = active(run_id);
        Object.assign(run, { status, endTime: end_time });
        return { run_info: answerOf(run).info };
      },
    ),
    "POST runs/set-tag": endpoint(
      { ...RunId, key: Key, value: z.string().max(5000) },
      ({ run_id, key, value }) => {
        active(run_id).tags.set(key, value);
        return {};
      },
    ),
    "POST runs/log-batch": endpoint(
      {
        ...RunId,
        metrics: z.array(Metric).max(1000).default([]),
        params: KeyValues({ count: 100, value: 6000 }).default([]),
        tags: Tags(100).default([]),
      },
      ({ run_id, metrics, params, tags }) => {
        const run = active(run_id);
        if (metrics.length + params.length + tags.length > 1000) throw invalid("more than 1000 in all");
        if (new Set(params.map(({ key }) => key)).size < params.length) throw invalid("Duplicate param keys");
        for (const { key, value } of params) {
          if ((run.params.get(key) ?? value) !== value) {
            throw invalid(`Changing param values is not allowed. Param with key='${key}' was already logged`);
          }
          run.params.set(key, value);
        }
        for (const metric of metrics) run.metrics.set(JSON.stringify(metric), metric);
        for (const { key, value } of tags) run.tags.set(key, value);
        return {};
      },
    ),
    "POST runs/log-inputs": endpoint(
      {
        ...RunId,
        datasets: z.array(
          z.strictObject({
            tags: Tags(100).default([]),
            dataset: z.strictObject({
              name: z.string().min(1).max(500),
              digest: z.string().min(1).max(36),
              source_type: z.string().min(1),
              source: z.string().min(1).max(65_535),
            }),
          }),
        ),
      },
      ({ run_id, datasets }) => {
        const run = active(run_id);
        for (const { dataset } of datasets) {
          const same = (one: { name: string; digest: string }) =>
            one.name === dataset.name && one.digest === dataset.digest;
          if (!run.inputs.some(same)) run.inputs.push(dataset);
        }
        return {};
      },
    ),
  };

  function experimentWith(id: string): FakeExperiment {
    const found = experiments.get(id);
    if (found === undefined) throw missing(`No Experiment with id=${id}`);
    return found;
  }
  function runWith(id: string): FakeRun {
    const found = runs.get(id);
    if (found === undefined) throw missing(`Run with id=${id}`);
    return found;
  }
  function active(id: string): FakeRun {
    const run = runWith(id);
    if (run.lifecycle === "active") return run;
    throw invalid(`The run ${id} must be in the 'active' state. Current state is deleted.`);
  }
  const experimentOf = ({ id, name, lifecycle }: FakeExperiment) => ({
    experiment_id: id,
    name,
    artifact_location: `${artifactRoot}/${id}`,
    lifecycle_stage: lifecycle,
  });
  const answerOf = (run: FakeRun) => ({
    info: {
      run_id: run.id,
      run_uuid: run.id,
      experiment_id: run.experimentId,
      run_name: run.name,
      status: run.status,
      start_time: run.startTime,
      ...(run.endTime !== undefined && { end_time: run.endTime }),
      artifact_uri: `${artifactRoot}/${run.experimentId}/${run.id}/artifacts`,
      lifecycle_stage: run.lifecycle,
    },
    data: {
      metrics: latest([...run.metrics.values()]),
      params: pairs(run.params),
      tags: pairs(run.tags),
    },
    inputs: { dataset_inputs: run.inputs.map((dataset) => ({ dataset })) },
  });
  return { experiments, runs, endpoints };
}

const pairs = (map: ReadonlyMap<string, string>) => [...map].map(([key, value]) => ({ key, value }));

/** Of each metric the value of the highest step, then timestamp, then value. */
function latest(metrics: readonly FakeMetric[]): FakeMetric[] {
  const best = new Map<string, FakeMetric>();
  const order = (a: FakeMetric, b: FakeMetric) =>
    a.step - b.step || a.timestamp - b.timestamp || a.value - b.value;
  for (const metric of [...metrics].sort(order)) best.set(metric.key, metric);
  return [...best.values()];
}
