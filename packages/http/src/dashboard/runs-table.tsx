import type { Run } from "@tamis/storage";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { formatDuration, formatNumber } from "./format.ts";

/** Runs, newest first, with the RMSE they measured and the sentence they ended with. */
export const RunsTable: FC<{ runs: readonly Run[]; now: Date }> = ({ runs, now }) =>
  runs.length === 0 ? (
    <p class="note">
      Nothing has run yet. <a href="/train">Train</a>, or <code>tamis train</code>, makes the first one.
    </p>
  ) : (
    <section class="scroll" aria-label="Table of runs" tabindex={0}>
      <table>
        <caption>The latest {runs.length}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col">Started</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="number">
              RMSE
            </th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr>
              <th scope="row">
                <a href={`/runs/${run.runId}`}>
                  {String(run.parameters.models ?? run.name).replaceAll(",", ", ")}
                </a>
              </th>
              <td>
                <span class={`status status-${run.status}`}>{run.status}</span>
              </td>
              <td class="nowrap">
                <Ago instant={run.startedAt} now={now} />
              </td>
              <td class="number">{formatDuration(run.startedAt, run.endedAt)}</td>
              <td class="number">{formatNumber(run.metrics.best_rmse ?? run.metrics.rmse, 4)}</td>
              <td>{run.message ?? "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
