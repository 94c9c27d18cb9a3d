import { describe, expect, it } from "vitest";
import { RatingHistogram } from "./rating-histogram.tsx";

const draw = (counts: { rating: number; count: number }[]) => String(<RatingHistogram counts={counts} />);

/** The cells of the data table, row by row. */
function rows(html: string): string[][] {
  const body = html.slice(html.indexOf("<tbody>"), html.indexOf("</tbody>"));
  return body
    .split("</tr>")
    .slice(0, -1)
    .map((row) => [...row.matchAll(/>([^<>]+)<\/t[hd]>/g)].map(([, cell]) => cell ?? ""));
}

describe("RatingHistogram", () => {
  it("says the finding with its sample size, and shows the same numbers in a table", () => {
    const html = draw([
      { rating: 1, count: 250 },
      { rating: 4.5, count: 750 },
    ]);
    expect(html).toContain("The most frequent rating is 4.5: 75.0 % of 1,000 ratings.");
    expect(rows(html)).toEqual([
      ["1", "250", "25.0 %"],
      ["4.5", "750", "75.0 %"],
    ]);
  });

  it("draws one bar a value, as high as its count", () => {
    const html = draw([
      { rating: -3, count: 10 },
      { rating: 0, count: 20 },
      { rating: 3, count: 40 },
    ]);
    const heights = [...html.matchAll(/<rect[^>]* height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(heights).toHaveLength(3);
    expect(heights[1]! / heights[0]!).toBeCloseTo(2, 9);
    expect(heights[2]! / heights[0]!).toBeCloseTo(4, 9);
    expect(rows(html)[0]?.[0]).toBe("−3");
  });

  it("leaves room for counts of any length at the left", () => {
    for (const count of [3, 348_971, 9_876_543_210]) {
      const labels = [
        ...draw([{ rating: 1, count }]).matchAll(/<text x="([\d.]+)"[^>]*text-anchor="end">([\d,]+)</g),
      ];
      expect(labels.length).toBeGreaterThan(2);
      for (const [, x, label] of labels) expect(Number(x), label).toBeGreaterThan(7.7 * label!.length);
    }
  });

  it("gathers a continuous scale in twenty bins without losing a rating", () => {
    const counts = Array.from({ length: 201 }, (_, index) => ({ rating: -10 + index / 10, count: 3 }));
    const table = rows(draw(counts));
    expect(table).toHaveLength(20);
    expect(table.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(603);
  });

  it("has no inline style, which the pages' policy forbids", () => {
    expect(draw([{ rating: 1, count: 1 }])).not.toMatch(/\sstyle=|<style/);
  });
});
