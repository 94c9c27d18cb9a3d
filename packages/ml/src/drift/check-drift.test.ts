import {
  type CountedColumn,
  createRandom,
  type DriftStore,
  labelSample,
  numericSample,
  type RatingCounts,
  type StoredDriftBaseline,
  type StoredDriftReport,
} from "@tamis/core";
import { describe, expect, it } from "vitest";
import { checkDrift, checkFigures } from "./check-drift.ts";
import { DriftDocument } from "./drift-document.ts";
import { evidentlyDocument } from "./evidently-document.ts";
import { driftReport, driftSentence } from "./report/drift-report.ts";
import { takeBaseline } from "./take-baseline.ts";

/** Ratings in memory: what `ratingCounts` and `driftStore` do on real stores is tested there. */
function memory() {
  const data = { shift: 0, rows: 3000, seed: 1, genres: ["Drama", "War"], figures: { avg_rating: 3.5 } };
  const baselines: StoredDriftBaseline[] = [];
  const reports: StoredDriftReport[] = [];
  const stars = (rows: number) => {
    const random = createRandom(data.seed);
    return Float64Array.from({ length: rows }, () =>
      Math.min(5, Math.max(1, Math.round(random.normal(3.5 + data.shift, 1)))),
    );
  };
  const counts: RatingCounts = {
    currentSnapshot: async () => "a".repeat(64),
    figures: async () => ({ num_users: 10, num_movies: 20, num_ratings: data.rows, ...data.figures }),
    columns: async ({ snapshot, last = data.rows }) => {
      const random = createRandom(data.seed + 1000);
      const columns: CountedColumn[] = [
        { name: "rating", kind: "numbers", sample: numericSample(stars(last)) },
        {
          name: "genres",
          kind: "labels",
          sample: labelSample(
            Array.from({ length: last }, () => data.genres[random.integer(data.genres.length)]),
          ),
        },
      ];
      return { snapshot: snapshot ?? "a".repeat(64), rows: last, columns };
    },
    ids: async () => ({
      reference: new Float64Array(50).fill(60),
      current: Float64Array.from({ length: 50 }, (_, id) => 10 + (id % 7)),
    }),
    scores: async () => numericSample([]),
  };
  const store: DriftStore = {
    async addBaseline(baseline) {
      const version = baselines.filter(({ name }) => name === baseline.name).length + 1;
      const stored = { ...baseline, version, createdAt: new Date(version) };
      baselines.unshift(JSON.parse(JSON.stringify(stored)));
      return stored;
    },
    findBaseline: async (name, version) => {
      const found = baselines.find((each) => each.name === name && version !== each.version + 0.5);
      const wanted = version === undefined ? found : baselines.find((each) => each.version === version);
      return wanted && { ...wanted, createdAt: new Date(wanted.createdAt) };
    },
    listBaselines: async () => baselines,
    async addReport(report) {
      const stored = { ...report, id: String(reports.length), createdAt: new Date(0) };
      reports.unshift(stored);
      return stored;
    },
    listReports: async () => reports,
  };
  return { data, reports, ports: { counts, store } };
}
const who = { createdBy: "lea" };

describe("checkDrift", () => {
  it("does not take two draws from one distribution for drift, and a shift for one", async () => {
    const { data, ports, reports } = memory();
    await takeBaseline(ports, who);
    data.seed = 2;
    const steady = await checkDrift(ports, { window: { last: 1000 } });
    expect(steady).toMatchObject({ profile: "calibrated", verdict: "no drift", baselineVersion: 1 });
    data.shift = 0.5;
    const { document } = await checkDrift(ports, { window: { last: 1000 } });
    const rating = document.checks.find(({ column }) => column === "rating");
    expect(rating).toMatchObject({ verdict: "drift", effect_size: "small" });
    expect(document).toMatchObject({ verdict: "drift", drifted_columns: { count: 1 } });
    expect(driftSentence(document)).toBe("1 of 4 columns have drifted: rating.");
    expect(document.checks.map(({ column, check }) => `${column} ${check}`)).toEqual([
      "rating values",
      "genres values",
      "user_id coverage",
      "user_id concentration",
      "user_id unseen",
      "item_id coverage",
      "item_id concentration",
      "item_id unseen",
    ]);
    expect(reports.map(({ verdict }) => verdict)).toEqual(["drift", "no drift"]);
    expect(DriftDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  it("names new labels, and says when there is too little", async () => {
    const { data, ports } = memory();
    await takeBaseline(ports, who);
    data.genres = ["Drama", "War", "Western"];
    const { document } = await checkDrift(ports, { window: { last: 300 } });
    const genres = document.checks.find(({ column }) => column === "genres");
    expect(genres?.new_labels[0]?.label).toBe("Western");
    const few = await checkDrift(ports, { window: { last: 5 }, minimumRows: 10_000 });
    expect(few.verdict).toBe("not enough data");
    expect(few.document.checks.every(({ p_value }) => p_value === null)).toBe(true);
  });

  it("is not alarmed by what is shown but negligible", async () => {
    const { data, ports } = memory();
    data.rows = 60_000;
    await takeBaseline(ports, who);
    Object.assign(data, { seed: 2, shift: 0.06 });
    const { document } = await checkDrift(ports, { window: {} });
    expect(document.checks[0]).toMatchObject({ verdict: "drift", effect_size: "negligible" });
    expect(document.verdict).toBe("no drift");
    expect(driftSentence(document)).toMatch(
      /^What differs from the baseline is too little to matter: rating/,
    );
  });

  it("compares as Evidently does, and writes its JSON", async () => {
    const { data, ports } = memory();
    await takeBaseline(ports, who);
    data.shift = 0.5;
    const { document } = await checkDrift(ports, { profile: "evidently", window: { last: 500 } });
    expect(document.checks.map(({ method, threshold }) => [method, threshold])).toEqual([
      ["Jensen-Shannon distance", 0.1],
      ["Jensen-Shannon distance", 0.1],
    ]);
    const { metrics, tests } = evidentlyDocument(document);
    expect(metrics[0]).toMatchObject({ value: document.drifted_columns });
    expect(metrics[1]).toMatchObject({
      metric_name: "ValueDrift(column=rating,method=Jensen-Shannon distance,threshold=0.1)",
      value: document.checks[0]!.score,
    });
    expect(tests.map(({ status }) => status)).toEqual(["FAIL", "SUCCESS"]);
  });

  it("compares with a version, and says when there is none", async () => {
    const { ports } = memory();
    await expect(checkDrift(ports)).rejects.toThrow("tamis drift baseline");
    await takeBaseline(ports, who);
    await takeBaseline(ports, who);
    expect(await checkDrift(ports, { version: 1, profile: "simple" })).toMatchObject({ baselineVersion: 1 });
    await expect(checkDrift(ports, { version: 7 })).rejects.toThrow("no version 7");
  });
});

describe("checkFigures", () => {
  it("takes the baseline that is missing, then compares with it", async () => {
    const { data, ports } = memory();
    const first = await checkFigures(ports, who);
    expect(first).toMatchObject({ taken: true, baseline: { version: 1 } });
    expect(Object.values(first.changes).map(({ status }) => status)).toEqual(new Array(4).fill("normal"));
    data.figures.avg_rating = 4;
    const second = await checkFigures(ports, who);
    expect(second).toMatchObject({ taken: false, changes: { avg_rating: { status: "drift" } } });
    expect(second.changes.avg_rating?.change_pct).toBe(14.2857);
  });
});

describe("driftReport", () => {
  it("is one page without a script or an address, of the same size for any number of rows", async () => {
    const { data, ports } = memory();
    data.genres = Array.from({ length: 3000 }, (_, n) => `<b>Genre & ${n}</b>`);
    await takeBaseline(ports, who);
    const pages: string[] = [];
    for (const rows of [2000, 200_000]) {
      data.rows = rows;
      pages.push(driftReport((await checkDrift(ports, { window: {}, permutations: 19 })).document));
    }
    for (const page of pages) {
      expect(page.length).toBeLessThan(60_000);
      expect(/<script|https?:|url\(|@import|\ssrc=|\shref=|<b>/.exec(page)).toBeNull();
      for (const part of ["&lt;b&gt;Genre &amp; ", 'role="img"', " others</td>", "<details>"]) {
        expect(page.includes(part) || part).toBe(true);
      }
    }
  });
});
