import { createHash } from "node:crypto";
import type { Chart } from "./chart.ts";
import { paperColours } from "./chart-colours.ts";
import { chartOption } from "./chart-option.ts";
import { pageSvg } from "./page-svg.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Drawings kept, the least lately used go first: a page of figures in two sizes has about ten. */
const keptDrawings = 200;
const drawings = new Map<string, Promise<string>>();

/**
 * Draws a chart as SVG for a page: colours from the stylesheet, no inline style, every id begins with `id`. The same
 * chart, size and id give the same bytes. Drawing takes tens of milliseconds and is done once for each content.
 *
 * @param id - of the element: letters, digits and `-`, once on a page
 */
export function drawChart(chart: Chart, size: Size, id: string): Promise<string> {
  const key = createHash("sha256")
    .update(JSON.stringify([chart, size, id]))
    .digest("base64");
  const drawing = drawings.get(key) ?? draw(chart, size).then((svg) => pageSvg(svg, chart, id));
  drawings.delete(key);
  drawings.set(key, drawing);
  for (const oldest of drawings.keys()) {
    if (drawings.size <= keptDrawings) break;
    drawings.delete(oldest);
  }
  return drawing;
}

/** ECharts is read on the first drawing: most processes never draw. A chart that is not disposed holds the process. */
async function draw(chart: Chart, { width, height }: Size): Promise<string> {
  const { chartParts, init, SVGRenderer, use } = await import("./echarts.ts");
  use([...chartParts, SVGRenderer]);
  const drawing = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    drawing.setOption(chartOption(chart, { width, height, colours: paperColours, interactive: false }));
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose();
  }
}
