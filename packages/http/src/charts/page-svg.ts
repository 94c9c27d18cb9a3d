import type { Chart } from "./chart.ts";
import { colourVariables } from "./chart-colours.ts";
import { describeChart } from "./describe-chart.ts";

/**
 * Makes what ECharts draws fit for a page: ids that count from 0 behind a prefix (its own go on counting in the
 * process), no style block and no style attribute (the policy of the pages forbids both), colours by the names of the
 * stylesheet with the plain ones for where there is none, and a title and description for those who do not see it.
 */
export function pageSvg(svg: string, chart: Chart, id: string): string {
  const ids = new Map<string, string>();
  const renamed = (own: string) => {
    const known = ids.get(own) ?? `${id}-${ids.size}`;
    ids.set(own, known);
    return known;
  };
  return svg
    .replace(/<style[\s\S]*?<\/style>\s*/g, "")
    .replace(/ (?:class|ecmeta_\w+|pointer-events|xmlns:xlink|version|baseProfile)="[^"]*"/g, "")
    .replace(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
    .replace(/ id="([^"]+)"/g, (_, own: string) => ` id="${renamed(own)}"`)
    .replace(/url\(#([^)]+)\)/g, (_, own: string) => `url(#${renamed(own)})`)
    .replace(/="(#[0-9a-f]{6})"/g, (whole, colour: string) =>
      colourVariables[colour] === undefined ? whole : `="var(${colourVariables[colour]}, ${colour})"`,
    )
    .replace(/(\.\d{2})\d+/g, "$1")
    .replace(/\s*\n\s*/g, "")
    .replace(
      /^<svg([^>]*)>/,
      `<svg$1 role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escaped(chart.title)}</title><desc id="${id}-desc">${escaped(describeChart(chart))}</desc>`,
    );
}

/** A drawing of {@link pageSvg} as a file of its own: plain colours, on white. */
export function fileSvg(svg: string): string {
  return svg
    .replace(/var\(--[\w-]+, (#[0-9a-f]{6})\)/g, "$1")
    .replace(/<rect([^>]*) fill="none"/, '<rect$1 fill="#ffffff"')
    .replace(/^<svg/, '<svg font-family="system-ui, sans-serif"');
}

/** `font-size:12px;font-family:inherit;` or `font: normal bold 12px inherit` as presentation attributes. */
function attributes(style: string): string {
  return style
    .replace(/font: (\w+) (\w+) (\S+) .*/, "font-style:$1;font-weight:$2;font-size:$3")
    .split(";")
    .map((part) => part.split(":").map((each) => each.trim()))
    .filter(([, value]) => value !== undefined && value !== "inherit" && value !== "normal")
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
