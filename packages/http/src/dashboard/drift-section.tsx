import type { DriftDocument } from "@tamis/ml";
import type { FC } from "hono/jsx";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { Ago } from "./ago.tsx";
import { checkedColumns, columnChart, type DriftView, type ListedReport, verdictOf } from "./drift-view.ts";
import { EmptyState } from "./empty-state.tsx";
import { formatCount, formatNumber } from "./format.ts";

/** The open report: its verdict, a strip of its columns, one distribution, its checks; then the other reports. */
export const DriftSection: FC<{ view: DriftView; now: Date }> = ({ view, now }) => {
  const { open, reports, column } = view;
  if (open === undefined) {
    return (
      <EmptyState
        title="No report on drift yet"
        text="Take a baseline of the data your champion learnt from, then compare what came since with it. The pipeline drift does so on a schedule."
        commands={["tamis drift baseline", "tamis drift check"]}
      />
    );
  }
  const chart = column === undefined ? undefined : columnChart(open.document, column);
  return (
    <>
      <section class="card" aria-labelledby="drift">
        <div class="card-head">
          <h2 id="drift">Drift</h2>
          <p>
            Profile {open.document.profile}, <Ago instant={open.createdAt} now={now} />.{" "}
            <a href={`/monitoring/drift/report?profile=${open.document.profile}`}>As a page to keep</a>
          </p>
        </div>
        <p>
          <Verdict verdict={open.document.verdict} /> {summary(open.document)}
        </p>
        <Strip open={open} column={column} />
      </section>
      {chart ? (
        <section class="card" aria-label="Distribution of a column">
          <ChartFigure
            chart={chart}
            id="column"
            href="/charts/drift"
            query={`?${new URLSearchParams({ report: open.id, column: column ?? "" })}`}
            width={1060}
          />
        </section>
      ) : null}
      <Checks document={open.document} />
      <Reports reports={reports} open={open} now={now} />
    </>
  );
};

/** One cell for each column: passes or not, by word and colour. */
const Strip: FC<{ open: ListedReport; column: string | undefined }> = ({
  open: { id, document },
  column,
}) => (
  <ul class="strip" aria-label="Columns">
    {checkedColumns(document).map((name) => {
      const verdict = verdictOf(document, name);
      const drawn = document.columns.some((each) => each.name === name && each.bars.length > 0);
      const cell = (
        <>
          <strong>{name}</strong>
          <span>{verdict}</span>
        </>
      );
      return (
        <li class={`strip-${verdict.replaceAll(" ", "-")}`}>
          {drawn ? (
            <a
              class="strip-cell"
              href={`/monitoring?${new URLSearchParams({ report: id, column: name })}#column`}
              aria-current={name === column ? "true" : undefined}
            >
              {cell}
            </a>
          ) : (
            <span class="strip-cell">{cell}</span>
          )}
        </li>
      );
    })}
  </ul>
);

const Verdict: FC<{ verdict: DriftDocument["verdict"] }> = ({ verdict }) => (
  <span
    class={`status status-${{ drift: "drift", "no drift": "pass", "not enough data": "unsure" }[verdict]}`}
  >
    {verdict}
  </span>
);

const Checks: FC<{ document: DriftDocument }> = ({ document }) => (
  <section class="card" aria-labelledby="checks">
    <h2 id="checks">Checks</h2>
    <section class="scroll" aria-label="Table of checks" tabindex={0}>
      <table>
        <caption>
          {document.alpha === null
            ? `By the rules of the profile ${document.profile}`
            : `On unchanged data ${formatNumber(100 * document.alpha, 0)} % of reports say drift, whatever the number of rows`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Check</th>
            <th scope="col">Verdict</th>
            <th scope="col">Effect</th>
            {["Score", "Expected", "Adjusted p", "Threshold", "Rows then", "Rows now"].map((title) => (
              <th scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {document.checks.map((check) => (
            <tr>
              <th scope="row">{check.column}</th>
              <td title={check.method}>{check.check}</td>
              <td>
                <Verdict verdict={check.verdict} />
              </td>
              <td>{check.effect_size ?? "—"}</td>
              <td class="number">{formatNumber(check.score, 4)}</td>
              <td class="number">{formatNumber(check.expected, 4)}</td>
              <td class="number">{formatNumber(check.adjusted_p_value, 4)}</td>
              <td class="number">{formatNumber(check.threshold, 4)}</td>
              <td class="number">{check.rows ? formatCount(check.rows.reference) : "—"}</td>
              <td class="number">{check.rows ? formatCount(check.rows.current) : "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </section>
);

const Reports: FC<{ reports: readonly ListedReport[]; open: ListedReport; now: Date }> = ({
  reports,
  open,
  now,
}) => (
  <section class="card" aria-labelledby="reports">
    <h2 id="reports">Last reports</h2>
    <ul class="plain-list">
      {reports.map(({ id, createdAt, document }) => (
        <li>
          <a href={`/monitoring?report=${id}`} aria-current={id === open.id ? "true" : undefined}>
            <Ago instant={createdAt} now={now} />
          </a>{" "}
          <Verdict verdict={document.verdict} />{" "}
          <span class="note">
            {document.profile}, {document.drifted_columns.count} of {checkedColumns(document).length} columns
            drifted
          </span>
        </li>
      ))}
    </ul>
  </section>
);

function summary(document: DriftDocument): string {
  const { baseline, current, drifted_columns: drifted } = document;
  const rows = `${formatCount(current.rows)} ratings were compared with version ${baseline.version} of the baseline “${baseline.name}”`;
  return `${rows}; ${drifted.count} of ${checkedColumns(document).length} columns drifted.`;
}
