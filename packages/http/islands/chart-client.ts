/*! Contains Apache ECharts 6.1.0 (Apache-2.0) and ZRender (BSD-3-Clause): see third-party/ of @tamis/http. */
import { allSeries, type Chart } from "../src/charts/chart.ts";
import type { ChartColours } from "../src/charts/chart-colours.ts";
import { chartOption } from "../src/charts/chart-option.ts";
import { CanvasRenderer, chartParts, init, use } from "../src/charts/echarts.ts";

use([...chartParts, CanvasRenderer]);

/** A drawing that answers to its controls. */
export interface LiveDrawing {
  /** By more than 1 nearer, by less farther. */
  zoom(factor: number): void;
  /** By a share of what is shown; negative to the left. */
  pan(share: number): void;
  reset(): void;
  hide(series: ReadonlySet<string>): void;
  /** Points at one x, or at none. */
  point(index: number | undefined): void;
  png(): string;
}

/** Draws a chart in an element, in the colours of the page, and again whenever they or its size change. */
export function drawLive(element: HTMLElement, chart: Chart, height: number): LiveDrawing {
  const drawing = init(element, null, { renderer: "canvas", height, width: element.clientWidth });
  let shown: readonly [number, number] = [0, 100];
  let hidden: ReadonlySet<string> = new Set();

  const draw = () => {
    const width = element.clientWidth;
    const font = getComputedStyle(element).fontFamily;
    const colours = pageColours(element);
    drawing.resize({ width, height });
    drawing.setOption(chartOption(chart, { width, height, colours, font, interactive: true, hidden }), {
      notMerge: true,
    });
    show(shown);
  };
  const show = ([start, end]: readonly [number, number]) => {
    shown = [start, end];
    drawing.dispatchAction({ type: "dataZoom", start, end });
  };
  const window = (centre: number, span: number) => {
    const width = Math.min(100, Math.max(2, span));
    const start = Math.min(100 - width, Math.max(0, centre - width / 2));
    show([start, start + width]);
  };
  drawing.on("datazoom", () => {
    const [zoom] = (drawing.getOption() as { dataZoom: { start: number; end: number }[] }).dataZoom;
    if (zoom) shown = [zoom.start, zoom.end];
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  matchMedia("(forced-colors: active)").addEventListener("change", draw);
  new ResizeObserver(draw).observe(element);
  draw();

  return {
    zoom: (factor) => window((shown[0] + shown[1]) / 2, (shown[1] - shown[0]) / factor),
    pan: (share) => {
      const span = shown[1] - shown[0];
      window((shown[0] + shown[1]) / 2 + share * span, span);
    },
    reset: () => show([0, 100]),
    hide: (series) => {
      hidden = series;
      draw();
    },
    point: (index) => {
      if (index === undefined) drawing.dispatchAction({ type: "hideTip" });
      else drawing.dispatchAction({ type: "showTip", dataIndex: index, ...firstSeries() });
    },
    png: () => drawing.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: pageColours(element).card }),
  };

  /** Where to point: a series of the chart itself, not one that draws an interval. */
  function firstSeries(): { readonly seriesIndex: number } {
    const drawn = (drawing.getOption() as { series: { name?: string }[] }).series;
    const names = new Set(allSeries(chart).map(({ name }) => name));
    return {
      seriesIndex: Math.max(
        0,
        drawn.findIndex(({ name }) => name !== undefined && names.has(name)),
      ),
    };
  }
}

/** What the stylesheet says now: light, dark or the reader's own. */
function pageColours(element: HTMLElement): ChartColours {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    card: colour("card"),
    series: [1, 2, 3, 4, 5, 6].map((number) => colour(`series-${number}`)),
  };
  probe.remove();
  return colours;
}
