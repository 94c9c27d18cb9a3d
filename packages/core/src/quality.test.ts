import { describe, expect, it } from "vitest";
import { checkRating, type RawRating, type RejectReason, rejectReasons } from "./quality.ts";
import { createRandom } from "./random.ts";
import { Rating } from "./rating.ts";

const stars = { min: 0.5, max: 5 };
const row: RawRating = { userId: "1", itemId: "31", rating: "2.5", ratedAt: "1260759144" };
const check = (change: Partial<RawRating>, scale = stars) => checkRating({ ...row, ...change }, scale);

describe("checkRating", () => {
  it("accepts a MovieLens row", () => {
    expect(check({})).toEqual({ rating: { userId: 1, itemId: 31, rating: 2.5, ratedAt: 1260759144 } });
  });

  it("accepts a row without a time", () => {
    for (const ratedAt of [undefined, "", "  "]) expect(check({ ratedAt }).rating?.ratedAt).toBeNull();
  });

  it("does not count blanks around a cell, a byte order mark included", () => {
    expect(check({ userId: " \ufeff7 ", itemId: "\tB1", rating: " 4 " }).rating).toMatchObject({
      userId: 7,
      itemId: "B1",
      rating: 4,
    });
  });

  it("reads decimal numbers in every plain notation", () => {
    const scale = { min: -10, max: 10 };
    const written = {
      "4": 4,
      "4.": 4,
      ".5": 0.5,
      "+3": 3,
      "-7.82": -7.82,
      "1e1": 10,
      "25E-1": 2.5,
      "00.50": 0.5,
    };
    for (const [rating, value] of Object.entries(written))
      expect(check({ rating }, scale).rating?.rating).toBe(value);
  });

  it("accepts both ends of the scale and nothing beyond (F-02)", () => {
    for (const rating of ["0.5", "5", "5.0"]) expect(check({ rating }).rating?.rating).toBe(Number(rating));
    for (const rating of ["0.4", "5.1", "0", "-3", "5.0000001", "1e999"])
      expect(check({ rating }).reason, rating).toBe("rating_out_of_scale");
  });

  it("works on other scales: -10..10 with 0, and 1..100", () => {
    expect(check({ rating: "-10" }, { min: -10, max: 10 }).rating?.rating).toBe(-10);
    expect(check({ rating: "0" }, { min: -10, max: 10 }).rating?.rating).toBe(0);
    expect(check({ rating: "99" }, { min: -10, max: 10 }).reason).toBe("rating_out_of_scale");
    expect(check({ rating: "100" }, { min: 1, max: 100 }).rating?.rating).toBe(100);
  });

  it("refuses what JavaScript or another language would take for a number", () => {
    const refused = [
      "abc",
      "NaN",
      "Infinity",
      "0x10",
      "4,5",
      "1_0",
      "4 5",
      "٤",
      "４",
      "½",
      "1e",
      "e1",
      ".",
      "--4",
      "4n",
    ];
    for (const rating of refused) expect(check({ rating }).reason, rating).toBe("rating_not_a_number");
  });

  it("names each reason, the offending value and what was expected", () => {
    const cases: [Partial<RawRating>, RejectReason, RegExp][] = [
      [{ userId: " " }, "missing_user", /user id is empty/],
      [{ itemId: "" }, "missing_item", /item id is empty/],
      [{ rating: "" }, "missing_rating", /rating is empty/],
      [{ userId: "a\u0000b" }, "invalid_id", /user id "a\\u0000b": .*control character/],
      [{ itemId: "x".repeat(257) }, "invalid_id", /item id "x{40}…": .*256/],
      [{ rating: "good" }, "rating_not_a_number", /"good" is not a number/],
      [{ rating: "6" }, "rating_out_of_scale", /"6" is outside the scale 0\.5\.\.5/],
      [{ ratedAt: "yesterday" }, "timestamp_invalid", /"yesterday" is neither/],
    ];
    for (const [change, reason, detail] of cases) {
      expect(check(change)).toEqual({ reason, detail: expect.stringMatching(detail) });
      expect(rejectReasons).toContain(reason);
    }
  });

  it("reports the leftmost fault of a row with several", () => {
    expect(check({ userId: "", rating: "x" }).reason).toBe("missing_user");
    expect(check({ rating: "x", ratedAt: "x" }).reason).toBe("rating_not_a_number");
  });

  it("keeps its sentence short however long the cell", () => {
    for (const rating of ["9".repeat(100_000), "9".repeat(100_000).concat("x")])
      expect(check({ rating }).detail?.length).toBeLessThan(120);
  });

  it("accepts or refuses any row, and accepts only what the schema Rating accepts", () => {
    const random = createRandom(11);
    const cells = [
      "",
      " ",
      "1",
      "-1",
      "4.5",
      "1e2",
      "007",
      "a\nb",
      "2017-08-18",
      "1e11",
      "\ud800",
      "٣",
      "NaN",
      "x",
    ];
    const cell = () => cells[random.integer(cells.length)]!;
    let accepted = 0;
    for (let i = 0; i < 5000; i++) {
      const checked = checkRating({ userId: cell(), itemId: cell(), rating: cell(), ratedAt: cell() }, stars);
      if (checked.rating) {
        accepted++;
        expect(Rating.parse(checked.rating)).toEqual(checked.rating);
      } else {
        expect(rejectReasons).toContain(checked.reason);
        expect(checked.detail).not.toBe("");
      }
    }
    expect(accepted).toBeGreaterThan(50);
  });
});
