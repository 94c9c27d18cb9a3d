import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import { audit } from "./commands/audit.ts";
import { backup } from "./commands/backup.ts";
import { compare } from "./commands/compare.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { driftBaseline } from "./commands/drift-baseline.ts";
import { driftCheck } from "./commands/drift-check.ts";
import { driftList } from "./commands/drift-list.ts";
import { evaluate } from "./commands/evaluate.ts";
import { explain } from "./commands/explain.ts";
import { forget } from "./commands/forget.ts";
import { generate } from "./commands/generate.ts";
import { importMovielens } from "./commands/import-movielens.ts";
import { importRatings } from "./commands/import-ratings.ts";
import { lakeGc } from "./commands/lake-gc.ts";
import { lakeInit } from "./commands/lake-init.ts";
import { lakeLineage } from "./commands/lake-lineage.ts";
import { lakeList } from "./commands/lake-list.ts";
import { migrate } from "./commands/migrate.ts";
import { mlflowReplay } from "./commands/mlflow-replay.ts";
import { mlflowSync } from "./commands/mlflow-sync.ts";
import { modelsHistory } from "./commands/models-history.ts";
import { modelsList } from "./commands/models-list.ts";
import { modelsPromote } from "./commands/models-promote.ts";
import { modelsRollback } from "./commands/models-rollback.ts";
import { modelsShow } from "./commands/models-show.ts";
import { pipelineCancel } from "./commands/pipeline-cancel.ts";
import { pipelineList } from "./commands/pipeline-list.ts";
import { pipelineRun } from "./commands/pipeline-run.ts";
import { pipelineRuns } from "./commands/pipeline-runs.ts";
import { pipelineShow } from "./commands/pipeline-show.ts";
import { recommend } from "./commands/recommend.ts";
import { recommendationsPurge } from "./commands/recommendations-purge.ts";
import { rejects } from "./commands/rejects.ts";
import { restore } from "./commands/restore.ts";
import { runsCompare } from "./commands/runs-compare.ts";
import { runsList } from "./commands/runs-list.ts";
import { runsShow } from "./commands/runs-show.ts";
import { schedule } from "./commands/schedule.ts";
import { serve } from "./commands/serve.ts";
import { similar } from "./commands/similar.ts";
import { tokenCreate } from "./commands/token-create.ts";
import { tokenList } from "./commands/token-list.ts";
import { tokenRevoke } from "./commands/token-revoke.ts";
import { train } from "./commands/train.ts";
import { tune } from "./commands/tune.ts";
import { worker } from "./commands/worker.ts";
import type { Shell } from "./context.ts";
import { programVersion } from "./program-version.ts";

const routes = buildRouteMap<string, Shell>({
  routes: {
    demo,
    generate,
    import: buildRouteMap<string, Shell>({
      routes: { movielens: importMovielens, ratings: importRatings },
      docs: { brief: "Read a ratings file and make it the data set" },
    }),
    lake: buildRouteMap<string, Shell>({
      routes: { init: lakeInit, list: lakeList, lineage: lakeLineage, gc: lakeGc },
      docs: { brief: "The bytes: make their place, list snapshots, trace a model back, clean up" },
    }),
    rejects,
    evaluate,
    compare,
    tune,
    train,
    models: buildRouteMap<string, Shell>({
      routes: {
        list: modelsList,
        show: modelsShow,
        history: modelsHistory,
        promote: modelsPromote,
        rollback: modelsRollback,
      },
      defaultCommand: "list",
      docs: { brief: "The trained models: list them, show one, promote one, roll back" },
    }),
    runs: buildRouteMap<string, Shell>({
      routes: { list: runsList, show: runsShow, compare: runsCompare },
      defaultCommand: "list",
      docs: { brief: "What was trained: list runs, show one, compare some" },
    }),
    recommend,
    recommendations: buildRouteMap<string, Shell>({
      routes: { purge: recommendationsPurge },
      docs: { brief: "The log of recommendations: remove what is old" },
    }),
    similar,
    explain,
    forget,
    serve,
    pipeline: buildRouteMap<string, Shell>({
      routes: {
        list: pipelineList,
        run: pipelineRun,
        runs: pipelineRuns,
        show: pipelineShow,
        cancel: pipelineCancel,
      },
      docs: { brief: "Steps that run once per interval: list, run, look at, cancel" },
    }),
    drift: buildRouteMap<string, Shell>({
      routes: { baseline: driftBaseline, check: driftCheck, list: driftList },
      docs: { brief: "Whether the data have changed: take a baseline, compare, list what was found" },
    }),
    mlflow: buildRouteMap<string, Shell>({
      routes: { replay: mlflowReplay, sync: mlflowSync },
      docs: { brief: "The MLflow server that mirrors runs and models: send it what it lacks" },
    }),
    worker,
    schedule,
    token: buildRouteMap<string, Shell>({
      routes: { create: tokenCreate, list: tokenList, revoke: tokenRevoke },
      docs: { brief: "Who may use the service: make tokens, list them, revoke one" },
    }),
    audit,
    backup,
    restore,
    migrate,
    doctor,
  },
  docs: {
    brief: "From a ratings file to recommendations, with no server needed.",
    fullDescription: [
      "From a ratings file to recommendations, with no server needed.",
      "",
      "EXAMPLES",
      "  tamis demo                                  see it all on generated data",
      "  tamis import movielens ./ml-latest-small    read a MovieLens folder",
      "  tamis train                                 compare models, keep the best one",
      "  tamis recommend 1 -n 5                      five films for user 1, with reasons",
      "  tamis serve                                 the same over HTTP, with a page",
    ].join("\n"),
  },
});

/** The `tamis` command with all its verbs. */
export function createApplication(): Application<Shell> {
  return buildApplication(routes, {
    name: "tamis",
    versionInfo: { currentVersion: programVersion() },
    scanner: {
      caseStyle: "allow-kebab-for-camel",
      allowArgumentEscapeSequence: true,
      distanceOptions: {
        threshold: 4,
        weights: { insertion: 1, deletion: 3, substitution: 2, transposition: 0 },
      },
    },
    documentation: { onlyRequiredInUsageLine: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: ({ input, corrections }) =>
          `error: unknown command “${input}”${didYouMean(corrections) || "."} List the commands with: tamis --help`,
        exceptionWhileParsingArguments: (error) => `error: ${argumentMessage(error)}`,
      },
    },
  });
}

function didYouMean(corrections: readonly string[]): string {
  return corrections.length === 0 ? "" : `; did you mean ${corrections.join(" or ")}?`;
}

function argumentMessage(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return failure(error);
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) =>
      `unknown flag --${input}${didYouMean(corrections.map((name) => `--${name}`))}`,
    AliasNotFoundError: ({ input }) =>
      `unknown flag -${input} (a value that starts with “-” goes after “--”)`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, input, exception }) =>
      `${/^[A-Z]/.test(name) ? name : `--${name}`} “${input}”: ${(exception as Error).message}`,
  });
}

function failure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
