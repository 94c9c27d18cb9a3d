import type { PipelineRun } from "@tamis/core";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { formatDuration } from "./format.ts";

/** Runs of pipelines, the latest interval first. */
export const JobsTable: FC<{ jobs: readonly PipelineRun[]; now: Date }> = ({ jobs, now }) => (
  <section class="scroll" aria-label="Table of jobs" tabindex={0}>
    <table>
      <caption>The latest {jobs.length} of all pipelines</caption>
      <thead>
        <tr>
          <th scope="col">Pipeline</th>
          <th scope="col">Status</th>
          <th scope="col">Created</th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col">Outcome</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr>
            <th scope="row">{job.pipeline}</th>
            <td>
              <span class={`status status-${job.status}`}>{job.status}</span>
            </td>
            <td class="nowrap">
              <Ago instant={job.createdAt} now={now} />
            </td>
            <td class="number">{formatDuration(job.startedAt, job.endedAt)}</td>
            <td>{job.failure?.message ?? "—"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
