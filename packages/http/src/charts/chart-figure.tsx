import { raw } from "hono/html";
import type { FC } from "hono/jsx";
import { formatCount } from "../dashboard/format.ts";
import { allSeries, type Chart } from "./chart.ts";
import { chartTable } from "./chart-table.ts";
import { valueText } from "./describe-chart.ts";
import { drawChart } from "./draw-chart.ts";

interface ChartFigureProps {
  readonly chart: Chart;
  /** Names the figure's parts: letters, digits and `-`, once on a page. */
  readonly id: string;
  /** Where the chart itself lives ({@link chartRoute}): the address without its `.svg`, `.csv` or `.json`, and its query. */
  readonly href: string;
  readonly query?: string;
  /** Width of the place it stands in, in pixels; narrow screens get a drawing of their own. @default 620 */
  readonly width?: number;
}

const narrowWidth = 330;
const panelHeight = 190;
/** Longer tables are cut; the CSV has every row. */
const shownRows = 200;

/**
 * A chart on a page. Everybody gets the finding, the drawing with its description, the data as a table and as files. With
 * JavaScript, `islands/` adds zoom, a cursor by arrow keys and series that can be switched off.
 */
export const ChartFigure: FC<ChartFigureProps> = async ({ chart, id, href, query = "", width = 620 }) => {
  const height = 74 + panelHeight * chart.panels.length;
  const [wide, narrow] = await Promise.all([
    drawChart(chart, { width, height }, `${id}-wide`),
    drawChart(chart, { width: narrowWidth, height }, `${id}-narrow`),
  ]);
  const file = (extension: string) => `${href}.${extension}${query}`;
  return (
    <figure class="figure" id={id} data-chart={file("json")}>
      <figcaption>
        <strong>{chart.title}</strong>
        <span class="finding">{chart.finding}</span>
        <span class="note">
          {formatCount(chart.sample.count)} {chart.sample.of}
        </span>
      </figcaption>
      <Legend chart={chart} />
      <div class="plot">
        <div class="plot-wide">{raw(wide)}</div>
        <div class="plot-narrow">{raw(narrow)}</div>
      </div>
      <div class="figure-foot">
        <details>
          <summary>
            Data<span class="hidden"> of {chart.title}</span>
          </summary>
          <DataTable chart={chart} />
        </details>
        <p class="figure-files">
          <a href={file("csv")} download={`${id}.csv`}>
            CSV<span class="hidden"> of {chart.title}</span>
          </a>
          <a href={file("svg")} download={`${id}.svg`}>
            SVG<span class="hidden"> of {chart.title}</span>
          </a>
        </p>
      </div>
    </figure>
  );
};

/** Colour and pattern of each series; none where there is only one. */
const Legend: FC<{ chart: Chart }> = ({ chart }) => {
  const series = allSeries(chart);
  if (series.length < 2) return null;
  return (
    <ul class="legend" aria-label="Series">
      {series.map(({ name, kind }, index) => (
        <li data-series={name}>
          <span class={`swatch swatch-${kind} swatch-${(index % 6) + 1}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
};

const DataTable: FC<{ chart: Chart }> = ({ chart }) => {
  const { columns, rows } = chartTable(chart);
  return (
    <section class="scroll data-table" aria-label={`Data of ${chart.title}`} tabindex={0}>
      <table>
        <caption>
          {chart.title}
          {rows.length > shownRows
            ? `: the first ${shownRows} of ${formatCount(rows.length)} rows; the CSV has all`
            : ""}
        </caption>
        <thead>
          <tr>
            {columns.map(({ title }, index) => (
              <th scope="col" class={index > 0 ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shownRows).map(([x, ...values]) => (
            <tr>
              <th scope="row">{x}</th>
              {values.map((value, index) => (
                <td class="number">
                  {typeof value === "number"
                    ? valueText(value, columns[index + 1]?.decimals, "")
                    : (value ?? "—")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
