import type { Chart } from "./chart.ts";
import { paperColours } from "./chart-colours.ts";
import { chartOption } from "./chart-option.ts";
import { chartParts, init, SVGRenderer, use } from "./echarts.ts";

use([...chartParts, SVGRenderer]);

/** What a drawing measures, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What ECharts draws, as it comes: 15 to 60 ms of work. A chart that is not disposed would hold the process for ever. */
export function drawSvg(chart: Chart, { width, height }: Size): string {
  const drawing = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    drawing.setOption(chartOption(chart, { width, height, colours: paperColours, interactive: false }));
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose();
  }
}
