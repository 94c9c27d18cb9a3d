import type { EnvironmentName, PipelineRun } from "@tamis/core";
import type { TrainingConfig, TrainingDocument } from "@tamis/ml";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { EmptyState } from "./empty-state.tsx";
import { formatCount, formatDuration, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";

export interface TrainView {
  /** Names of all algorithms. */
  readonly algorithms: readonly string[];
  /** What the form is filled in with. */
  readonly config: TrainingConfig;
  /** The run that is followed: the one asked for, else the last. */
  readonly run: PipelineRun | undefined;
  /** How it stands, in a sentence. */
  readonly standing: string;
  readonly verdict: TrainingDocument | null;
  /** Ratings of the current snapshot; none without data. */
  readonly ratings: number | undefined;
  /** Why the form was not taken, in a sentence. */
  readonly message?: string;
  /** Whether anybody does the work. */
  readonly hasWorker: boolean;
  readonly mayStart: boolean;
  readonly mayCancel: boolean;
}

interface TrainPageProps {
  readonly view: TrainView;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

/** How often a reader without JavaScript sees a running training anew, in seconds. */
const refreshSeconds = 3;

/** Start a training, watch it, read its verdict. */
export const TrainPage: FC<TrainPageProps> = ({ view, environment, now }) => {
  const isOpen = view.run !== undefined && isUnderWay(view.run);
  return (
    <Layout
      title={isOpen ? "Training…" : "Train"}
      path="/train"
      environment={environment}
      {...(isOpen ? { refreshSeconds } : {})}
    >
      <div>
        <h1>Train</h1>
        <p class="lead">
          Several algorithms are cross-validated on the same folds; the best one becomes the champion if it
          beats the present one there.
        </p>
      </div>
      {view.message ? (
        <p class="alert" role="alert">
          {view.message}
        </p>
      ) : null}
      {view.run ? <Job view={view} run={view.run} now={now} /> : null}
      {view.ratings === undefined ? (
        <EmptyState
          title="No data to train on"
          text="Import ratings first; each import makes a snapshot, and training takes the current one."
          commands={["tamis import movielens PATH", "tamis import ratings FILE"]}
        />
      ) : view.mayStart ? (
        <StartForm view={view} isOpen={isOpen} />
      ) : (
        <p class="note">Your role may watch trainings, not start them.</p>
      )}
    </Layout>
  );
};

/** Whether it waits or runs. */
function isUnderWay({ status }: PipelineRun): boolean {
  return status === "queued" || status === "running";
}

/** The followed run; the island `live-job` keeps it current and takes the page's refresh away. */
const Job: FC<{ view: TrainView; run: PipelineRun; now: Date }> = ({ view, run, now }) => {
  const { verdict, standing, hasWorker, mayCancel } = view;
  const isOpen = isUnderWay(run);
  const { progress } = run;
  return (
    <section class="card" aria-labelledby="job" {...(isOpen ? { "data-live-job": run.runId } : {})}>
      <div class="card-head">
        <h2 id="job">{isOpen ? "Training" : "Last training"}</h2>
        <p>
          <span class={`status status-${run.status}`}>{run.status}</span>{" "}
          <Ago instant={run.startedAt ?? run.createdAt} now={now} />
          {run.endedAt ? `, took ${formatDuration(run.startedAt, run.endedAt)}` : ""}
        </p>
      </div>
      <p class="verdict" aria-live="polite" data-job-standing>
        {standing}
      </p>
      {isOpen ? (
        <>
          <progress
            aria-label="Progress of the training"
            data-job-progress
            {...(progress?.total ? { value: progress.done, max: progress.total } : {})}
          />
          {hasWorker ? null : (
            <p class="note">
              This service has no worker of its own. Start one: <code>tamis worker</code>
            </p>
          )}
          {mayCancel ? (
            <form class="after-facts" method="post" action="/train/cancel">
              <input type="hidden" name="run" value={run.runId} />
              <button type="submit" class="quiet" disabled={run.cancelRequested}>
                {run.cancelRequested ? "It is being cancelled" : "Cancel"}
              </button>
            </form>
          ) : null}
        </>
      ) : null}
      {verdict ? <Verdict verdict={verdict} /> : null}
    </section>
  );
};

const Verdict: FC<{ verdict: TrainingDocument }> = ({ verdict }) => (
  <>
    <dl class="facts">
      {verdict.roles.map(({ role, best, version, promoted }) => (
        <>
          <dt>{role === "champion" ? "Champion" : "Ranker"}</dt>
          <dd>
            {promoted
              ? `${best} is version ${version} now`
              : `unchanged; ${best} was the best of this training`}
          </dd>
        </>
      ))}
      {Object.entries(verdict.metrics)
        .filter(([name]) => /^best_/.test(name))
        .map(([name, value]) => (
          <>
            <dt>{name === "best_rmse" ? "RMSE" : "NDCG@10"}</dt>
            <dd>{formatNumber(value, 4)}</dd>
          </>
        ))}
    </dl>
    <p class="after-facts">
      <a href={`/runs/${verdict.run_id}`}>The run with all its figures</a>
      {" · "}
      <a href="/models">Models</a>
      {" · "}
      <a href="/recommend">Try recommendations</a>
    </p>
  </>
);

const StartForm: FC<{ view: TrainView; isOpen: boolean }> = ({ view, isOpen }) => {
  const { config, algorithms, ratings = 0 } = view;
  return (
    <section class="card" aria-labelledby="start">
      <h2 id="start">{isOpen ? "Start another afterwards" : "Start a training"}</h2>
      <p class="note">On the current data set: {formatCount(ratings)} ratings.</p>
      <form class="train-form" method="post" action="/train">
        <fieldset>
          <legend>Algorithms to compare</legend>
          <div class="checks checks-grid">
            {algorithms.map((name) => (
              <label>
                <input type="checkbox" name="models" value={name} checked={config.models.includes(name)} />{" "}
                {name}
              </label>
            ))}
          </div>
        </fieldset>
        <div class="form">
          <NumberField name="folds" label="Folds" value={config.folds} min={2} step="1" />
          <NumberField name="seed" label="Seed" value={config.seed} min={0} step="1" />
          <NumberField name="margin" label="Better by" value={config.margin} min={0} step="any" />
        </div>
        <div class="checks">
          <label>
            <input type="checkbox" name="preset" checked={config.preset} /> Begin with tuned options
          </label>
          <label>
            <input type="checkbox" name="force" checked={config.force} /> Promote even if it is not better
          </label>
        </div>
        <p>
          <button type="submit" disabled={isOpen}>
            Start
          </button>
          {isOpen ? <span class="note"> One training at a time.</span> : null}
        </p>
      </form>
    </section>
  );
};

interface NumberFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly step: string;
}

const NumberField: FC<NumberFieldProps> = ({ name, label, value, min, step }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <input id={name} name={name} type="number" min={String(min)} step={step} value={String(value)} required />
  </div>
);
