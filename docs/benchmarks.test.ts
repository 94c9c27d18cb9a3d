import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { formatReport } from "../bench/report.ts";

it("docs/benchmarks.md is what the committed results give: npm run bench -- --report", async () => {
  const page = readFileSync(new URL("./benchmarks.md", import.meta.url), "utf8");
  expect(page).toBe(await formatReport());
});
