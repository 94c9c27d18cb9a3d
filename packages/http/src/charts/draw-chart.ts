import { createHash } from "node:crypto";
import type { Chart } from "./chart.ts";
import type { Size } from "./draw-svg.ts";
import { drawInThread } from "./draw-thread.ts";
import { pageSvg } from "./page-svg.ts";

/** Drawings kept, the least lately used go first: a page of figures in two sizes has about ten. */
const keptDrawings = 200;
const drawings = new Map<string, Promise<string>>();

/**
 * Draws a chart as SVG for a page: colours from the stylesheet, no inline style, every id begins with `id`. The same
 * chart, size and id give the same bytes. It is drawn in a thread, once for each content.
 *
 * @param id - of the element: letters, digits and `-`, once on a page
 */
export function drawChart(chart: Chart, size: Size, id: string): Promise<string> {
  const key = createHash("sha256")
    .update(JSON.stringify([chart, size, id]))
    .digest("base64");
  const drawing = drawings.get(key) ?? drawInThread(chart, size).then((svg) => pageSvg(svg, chart, id));
  drawings.delete(key);
  drawings.set(key, drawing);
  drawing.catch(() => drawings.delete(key));
  for (const oldest of drawings.keys()) {
    if (drawings.size <= keptDrawings) break;
    drawings.delete(oldest);
  }
  return drawing;
}
