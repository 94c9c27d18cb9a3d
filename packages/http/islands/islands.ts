import { chartIsland } from "./chart-island.ts";

/** Everything a page needs a script for. Without it a page reads and its forms work. */
for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) chartIsland(figure);
