import { allSeries, type Chart, type ChartSeries } from "./chart.ts";
import type { ChartColours } from "./chart-colours.ts";
import { describePoint, valueText } from "./describe-chart.ts";

interface OptionSettings {
  readonly width: number;
  readonly height: number;
  readonly colours: ChartColours;
  /** A canvas needs names; in a page `inherit` takes the page's. @default "inherit" */
  readonly font?: string;
  /** Hover, zoom and pan; a drawing of the server has none. */
  readonly interactive: boolean;
  /** Series that the reader has switched off. */
  readonly hidden?: ReadonlySet<string>;
}

const fontSize = 12;
const titleHeight = 24;
const xAxisHeight = 44;
const panelGap = 18;
/** Of a line with more points, only the line is drawn. */
const mostSymbols = 30;

/**
 * A chart as an ECharts option, the same on the server and in the browser. Nothing moves by itself. Series differ by
 * colour and by pattern (bars), dash and symbol (lines), symbol (points).
 */
export function chartOption(chart: Chart, settings: OptionSettings): Record<string, unknown> {
  const { width, height, colours, font = "inherit", interactive, hidden = new Set() } = settings;
  const { panels, x } = chart;
  const text = { color: colours.muted, fontSize, fontFamily: font };
  const panelHeight = (height - xAxisHeight + panelGap) / panels.length;
  const grids = panels.map((_, index) => ({
    left: 4,
    right: 12,
    top: index * panelHeight + titleHeight,
    height: panelHeight - titleHeight - panelGap,
    outerBoundsMode: "none",
  }));
  const left = Math.max(...panels.map((panel) => axisLabelWidth(panel.series.flatMap(extremes))));
  const every = Math.ceil(x.values.length / Math.max(2, Math.floor(width / labelWidth(x.values))));
  const bars = Math.max(...panels.map(({ series }) => series.filter(({ kind }) => kind === "bar").length));
  return {
    animation: false,
    textStyle: { fontFamily: font },
    color: colours.series,
    aria: {
      enabled: bars > 1,
      label: { enabled: false },
      decal: { show: true, decals: decals(colours.card) },
    },
    title: panels.map((panel, index) => ({
      text:
        panel.unit && panel.unit !== panel.title.toLowerCase()
          ? `${panel.title} (${panel.unit})`
          : panel.title,
      left: 0,
      top: index * panelHeight + 3,
      padding: [0, 0, 0, 4],
      borderColor: colours.line,
      textStyle: { ...text, fontWeight: "normal" },
    })),
    grid: grids.map((grid) => ({ ...grid, left })),
    xAxis: panels.map((_, index) => ({
      type: x.kind === "number" ? "value" : x.kind,
      gridIndex: index,
      ...(x.kind === "category" ? { data: x.values.map(String) } : { scale: true }),
      ...(index === panels.length - 1
        ? { name: x.unit ? `${x.title} (${x.unit})` : x.title, nameLocation: "middle", nameGap: 28 }
        : {}),
      nameTextStyle: text,
      axisLabel: {
        ...text,
        show: index === panels.length - 1,
        hideOverlap: true,
        ...(x.kind === "category" ? { interval: (place: number) => place % every === 0 } : {}),
      },
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      splitLine: { show: false },
    })),
    yAxis: panels.map((panel, index) => ({
      type: "value",
      gridIndex: index,
      scale: !(panel.fromZero || panel.series.some(({ kind }) => kind === "bar")),
      splitNumber: 4,
      axisLabel: text,
      splitLine: { lineStyle: { color: colours.line } },
    })),
    series: seriesOptions(chart, colours, hidden),
    ...(interactive ? interaction(chart, settings) : {}),
  };
}

/** What only makes sense where somebody can point: the values under the pointer, zoom and pan under one x. */
function interaction(chart: Chart, { colours, font }: OptionSettings): Record<string, unknown> {
  const every = chart.panels.map((_, index) => index);
  return {
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colours.card,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize, fontFamily: font },
      axisPointer: { type: "line", lineStyle: { color: colours.muted } },
      formatter: (points: readonly { readonly dataIndex: number }[]) =>
        lines(describePoint(chart, points[0]?.dataIndex ?? 0)),
    },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    dataZoom: [{ type: "inside", xAxisIndex: every, zoomOnMouseWheel: "ctrl", moveOnMouseMove: true }],
  };
}

function seriesOptions(chart: Chart, colours: ChartColours, hidden: ReadonlySet<string>) {
  const { x } = chart;
  const place = (index: number) => (x.kind === "category" ? index : x.values[index]);
  return allSeries(chart).flatMap(({ panel, ...series }, index) => {
    if (hidden.has(series.name)) return [];
    const colour = colours.series[index % colours.series.length];
    const axis = chart.panels.indexOf(panel);
    const on = { xAxisIndex: axis, yAxisIndex: axis, silent: true };
    const data = series.values.map((value, row) => [place(row), value]);
    const isFirst = panel.series[0]?.name === series.name;
    return [
      ...intervals(series, place, { ...on, colour }),
      {
        ...on,
        name: series.name,
        data,
        color: colour,
        ...shapeOf(series, index, colours),
        ...(isFirst && panel.limits ? { markLine: limits(panel, colours) } : {}),
      },
    ];
  });
}

const symbols = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3], "solid", "dashed"];

function shapeOf({ kind, values }: ChartSeries, index: number, colours: ChartColours) {
  const symbol = symbols[index % symbols.length];
  if (kind === "bar")
    return { type: "bar", barMaxWidth: 56, barCategoryGap: "24%", itemStyle: { borderRadius: [3, 3, 0, 0] } };
  if (kind === "points") {
    return {
      type: "scatter",
      symbol,
      symbolSize: 9,
      itemStyle: { borderColor: colours.card, borderWidth: 1 },
    };
  }
  const type = dashes[index % dashes.length];
  return {
    type: "line",
    symbol,
    symbolSize: 6,
    showSymbol: values.length <= mostSymbols,
    lineStyle: { width: 2, type },
  };
}

/** A band for a line, whiskers for everything else. */
function intervals(
  { kind, name, low, high }: ChartSeries,
  place: (index: number) => string | number | undefined,
  { colour, ...on }: { readonly colour: string | undefined; readonly xAxisIndex: number },
) {
  if (low === undefined || high === undefined) return [];
  const tooltip = { show: false };
  if (kind === "line") {
    const edge = {
      ...on,
      tooltip,
      type: "line",
      stack: `band ${name}`,
      stackStrategy: "all",
      symbol: "none",
      color: colour,
    };
    const line = { lineStyle: { opacity: 0 } };
    return [
      { ...edge, ...line, data: low.map((value, row) => [place(row), value]) },
      {
        ...edge,
        ...line,
        areaStyle: { opacity: 0.16 },
        data: low.map((value, row) => [place(row), difference(high[row], value)]),
      },
    ];
  }
  const data = low.flatMap((value, row) => {
    const end = high[row];
    return value === null || end === null || end === undefined ? [] : [[place(row), value, end]];
  });
  return [{ ...on, tooltip, type: "custom", data, renderItem: whisker(colour), encode: { x: 0, y: [1, 2] } }];
}

interface Coordinates {
  value(dimension: number): number;
  coord(place: readonly number[]): [number, number];
}

function whisker(stroke: string | undefined) {
  return (_: unknown, { value, coord }: Coordinates) => {
    const [x, from] = coord([value(0), value(1)]);
    const [, to] = coord([value(0), value(2)]);
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: "line",
      shape: { x1, y1, x2, y2 },
      style: { stroke, lineWidth: 1.5 },
    });
    return {
      type: "group",
      children: [line(x, from, x, to), line(x - 6, from, x + 6, from), line(x - 6, to, x + 6, to)],
    };
  };
}

function limits(panel: Chart["panels"][number], colours: ChartColours) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    lineStyle: { color: colours.ink, type: "dashed", width: 1 },
    data: panel.limits?.map(({ value, name }) => ({
      yAxis: value,
      label: {
        formatter: `${name} ${valueText(value, panel.decimals, panel.unit)}`,
        position: "insideEndTop",
        color: colours.ink,
        fontSize,
      },
    })),
  };
}

/** Patterns of bars in the colour of the card: none, stripes, dots, counter-stripes, bars, a grid. */
function decals(color: string) {
  const stripe = { color, symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5] };
  return [
    { color: "none" },
    { ...stripe, rotation: Math.PI / 6 },
    {
      color,
      symbol: "circle",
      symbolSize: 0.7,
      dashArrayX: [
        [8, 8],
        [0, 8, 8, 0],
      ],
      dashArrayY: [6, 0],
    },
    { ...stripe, rotation: -Math.PI / 4 },
    { ...stripe, dashArrayY: [3, 3] },
    { color, symbol: "rect", dashArrayX: [4, 3], dashArrayY: [4, 3] },
  ];
}

function difference(high: number | null | undefined, low: number | null): number | null {
  return high === null || high === undefined || low === null ? null : high - low;
}

function extremes({ values, low = [], high = [] }: ChartSeries): number[] {
  return [...values, ...low, ...high].filter((value) => value !== null);
}

/** Room for the labels of a value axis at its left, from the longest that may stand there. */
function axisLabelWidth(values: readonly number[]): number {
  const largest = Math.max(0, ...values.map(Math.abs));
  const span = values.length > 0 ? Math.max(...values) - Math.min(...values) : 1;
  const decimals = span > 0 && span < 5 ? Math.min(6, Math.ceil(-Math.log10(span / 5))) : 0;
  const sign = values.some((value) => value < 0) ? 1 : 0;
  return 14 + 7 * (Math.ceil(largest).toLocaleString("en").length + (decimals > 0 ? decimals + 1 : 0) + sign);
}

function labelWidth(values: readonly (string | number)[]): number {
  return 16 + 7 * Math.max(...values.map((value) => String(value).length), 1);
}

/** Breaks the sentence of a point for the small box beside the pointer. */
function lines(sentence: string): string {
  return sentence.replace(": ", "\n").replaceAll(", ", "\n").replace(/\.$/, "");
}
