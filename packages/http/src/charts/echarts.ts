import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  AxisPointerComponent,
  DataZoomInsideComponent,
  GridComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
} from "echarts/components";
import { use } from "echarts/core";

export { init } from "echarts/core";
export { CanvasRenderer, SVGRenderer } from "echarts/renderers";
export { use };

/** The kinds and parts that {@link Chart} needs, and no more: they are bundled into what we ship. */
export const chartParts = [
  AriaComponent,
  AxisPointerComponent,
  BarChart,
  CustomChart,
  DataZoomInsideComponent,
  GridComponent,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  TitleComponent,
  TooltipComponent,
];
