import type { Chart } from "../src/charts/chart.ts";
import { describePoint } from "../src/charts/describe-chart.ts";
import type { drawLive, LiveDrawing } from "./chart-client.ts";

interface Live {
  readonly chart: Chart;
  readonly drawing: LiveDrawing;
}

/** Fewer values than these are seen at once; there is nothing to zoom into. */
const worthZooming = 12;

/**
 * Gives a figure its controls. Until the reader means it (points at the drawing, focuses it, presses a control) it
 * stays what the server drew, and the 200 kB that draw it live are not asked for.
 */
export function chartIsland(figure: HTMLElement): void {
  const plot = figure.querySelector<HTMLElement>(".plot");
  const files = figure.querySelector<HTMLElement>(".figure-files");
  const title = figure.querySelector("figcaption strong")?.textContent ?? "";
  if (!plot || !files) return;
  const rows = figure.querySelectorAll(".data-table tbody tr").length;
  const announcer = element("p", { className: "hidden", ariaLive: "polite" });
  const hidden = new Set<string>();
  let cursor: number | undefined;
  let live: Promise<Live> | undefined;

  const wake = () => {
    live ??= goLive(figure, plot);
    return live;
  };
  const act = (work: (live: Live) => void) => {
    wake().then(work, () => {
      announcer.textContent = "The chart cannot be made interactive now; its data are in the table.";
    });
  };

  plot.tabIndex = 0;
  plot.role = "group";
  plot.ariaLabel = `${title}: the left and right arrow keys read its values`;
  plot.addEventListener("pointerenter", () => act(() => {}), { once: true });
  plot.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step === undefined && event.key !== "Escape") return;
    event.preventDefault();
    act(({ chart, drawing }) => {
      cursor = step?.(cursor, chart.x.values.length - 1);
      drawing.point(cursor);
      announcer.textContent = cursor === undefined ? "" : describePoint(chart, cursor);
    });
  });

  const controls = element("div", { className: "chart-controls", role: "group" });
  controls.ariaLabel = `View of ${title}`;
  if (rows > worthZooming) {
    controls.append(
      button("Zoom in", () => act(({ drawing }) => drawing.zoom(2))),
      button("Zoom out", () => act(({ drawing }) => drawing.zoom(0.5))),
      button("Left", () => act(({ drawing }) => drawing.pan(-0.5))),
      button("Right", () => act(({ drawing }) => drawing.pan(0.5))),
      button("Whole", () => act(({ drawing }) => drawing.reset())),
    );
    plot.before(controls);
  }
  for (const entry of figure.querySelectorAll<HTMLElement>("[data-series]")) {
    const name = entry.dataset.series ?? "";
    const toggle = button("", () => {
      const isShown = hidden.has(name);
      if (isShown) hidden.delete(name);
      else hidden.add(name);
      toggle.ariaPressed = String(isShown);
      act(({ drawing }) => drawing.hide(new Set(hidden)));
    });
    toggle.ariaPressed = "true";
    toggle.append(...entry.childNodes);
    entry.append(toggle);
  }
  const png = button("PNG", () => act(({ drawing }) => download(drawing.png(), `${figure.id}.png`)));
  png.append(element("span", { className: "hidden", textContent: ` of ${title}` }));
  files.append(png);
  figure.append(announcer);
}

async function goLive(figure: HTMLElement, plot: HTMLElement): Promise<Live> {
  const source = document.querySelector<HTMLScriptElement>("script[data-chart-client]")?.dataset.chartClient;
  const [client, answer] = await Promise.all([
    import(source ?? "") as Promise<{ drawLive: typeof drawLive }>,
    fetch(figure.dataset.chart ?? "", { headers: { Accept: "application/json" } }),
  ]);
  if (!answer.ok) throw new Error(`The chart answers ${answer.status}.`);
  const chart = (await answer.json()) as Chart;
  const height = plot.clientHeight;
  const canvas = element("div", { className: "plot-live", role: "img" });
  canvas.ariaLabel = `${chart.title}. ${chart.finding}`;
  plot.replaceChildren(canvas);
  return { chart, drawing: client.drawLive(canvas, chart, height) };
}

type Step = (cursor: number | undefined, last: number) => number;
const steps: Readonly<Record<string, Step>> = {
  ArrowRight: (cursor = -1, last) => Math.min(last, cursor + 1),
  ArrowLeft: (cursor, last) => Math.max(0, (cursor ?? last + 1) - 1),
  Home: () => 0,
  End: (_, last) => last,
};

function button(text: string, press: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", className: "quiet", textContent: text });
  made.addEventListener("click", press);
  return made;
}

function download(address: string, name: string): void {
  element("a", { href: address, download: name }).click();
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), properties);
}
