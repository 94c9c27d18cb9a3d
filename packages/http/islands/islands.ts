import { chartIsland } from "./chart-island.ts";
import { liveJob } from "./live-job.ts";
import { serviceState } from "./service-state.ts";

/** Everything a page needs a script for. Without it a page reads and its forms work. */
for (const [selector, island] of [
  ["figure[data-chart]", chartIsland],
  ["[data-live-job]", liveJob],
  ["[data-service-state]", serviceState],
] as const) {
  for (const place of document.querySelectorAll<HTMLElement>(selector)) island(place);
}
