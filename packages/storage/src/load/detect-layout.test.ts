import { describe, expect, it } from "vitest";
import { detectLayout, type LayoutOptions } from "./detect-layout.ts";

const detect = (text: string | Buffer, options?: LayoutOptions) => {
  const bytes = Buffer.from(text as string);
  return detectLayout({ bytes, empty: bytes.length === 0 }, "r.txt", options);
};
const columns = { user: 0, item: 1, rating: 2, timestamp: 3 };

describe("detectLayout", () => {
  it("finds the separator, without a header", () => {
    for (const separator of ["\t", ",", ";", "|", "::"]) {
      const text = ["1", "2", "3.5", "964982703"].join(separator);
      expect(detect(`${text}\n${text}\n`)).toMatchObject({
        separator,
        header: false,
        columns,
        columnCount: 4,
      });
    }
  });

  it("finds columns that stand apart by blanks, when no separator fits", () => {
    const blank = { separator: " ", header: false, columnCount: 3 };
    expect(detect("1 2 3.5\n1 3 0.5 \n")).toMatchObject(blank);
    expect(detect(" 196   242  3\n 22\t\t3 4\n")).toMatchObject(blank);
    expect(detect("1\t\t5\t\t-7.82\n1\t\t7\t\t8.79\n")).toMatchObject(blank);
    expect(detect("user item rating\n1 2 3\n")).toMatchObject({ ...blank, header: true });
    expect(detect("1\t2\t3\t2017-08-18 10:00:00\n").separator).toBe("\t");
    expect(() => detect("page 1 2\nof a letter to you\nin three lines\n")).toThrow(/does not look like/);
  });

  it("tells user, item, time, rating from user, item, rating, time, without a header", () => {
    const timeFirst = { user: 0, item: 1, rating: 3, timestamp: 2 };
    expect(detect("1,2,1112486027,3.5\n1,3,1112484676,4\n").columns).toEqual(timeFirst);
    expect(detect("1,2,2017-08-18,3.5\n").columns).toEqual(timeFirst);
    const asked = { columns: ["user", "item", "rating", "timestamp"] };
    expect(detect("1,2,1112486027,3.5\n", asked).columns).toEqual(columns);
  });

  it("says that numbers have decimal commas, and what to do", () => {
    for (const text of ["user;item;rating\n1;2;4,5\n1;3;3,5\n", "1\t2\t4,5\t100\n", '1;2;"4,5"\n']) {
      expect(() => detect(text)).toThrow(/decimal commas \(4,5\).*4\.5/);
    }
  });

  it("is not misled by text with commas or a bad line", () => {
    expect(detect("1;2;3;x\n1;2;4;y\n").columns.timestamp).toBeNull();
    expect(
      detect('id,user_id,recipe_id,rating,review\n1,2,3,4,"so, so; good"\n1,2,3,0,fine\n'),
    ).toMatchObject({
      separator: ",",
      header: true,
      columns: { user: 1, item: 2, rating: 3, timestamp: null },
    });
    expect(detect("1,2,abc\n1,2,3\n")).toMatchObject({ header: false, columnCount: 3 });
  });

  it("finds columns by the names of known sets", () => {
    const cases: [string, object][] = [
      ["userId,movieId,rating,timestamp", columns],
      ["user_id,recipe_id,date,rating,review", { user: 0, item: 1, rating: 3, timestamp: 2 }],
      ["Id,ProductId,UserId,ProfileName,Score,Time", { user: 2, item: 1, rating: 4, timestamp: 5 }],
      ["reviewerID,asin,overall,unixReviewTime", columns],
      ["User-ID;ISBN;Book-Rating", { user: 0, item: 1, rating: 2, timestamp: null }],
    ];
    for (const [header, expected] of cases) {
      const separator = header.includes(";") ? ";" : ",";
      const row = header
        .split(separator)
        .map(() => "1")
        .join(separator);
      expect(detect(`${header}\n${row}\n`)).toMatchObject({ header: true, columns: expected });
    }
  });

  it("takes the caller's columns: roles by position, or names", () => {
    const text = "when,who,stars,what\n1,2,3,4\n";
    const expected = { user: 1, item: 3, rating: 2, timestamp: null };
    expect(detect(text, { columns: ["_", "user", "rating", "item"] }).columns).toEqual(expected);
    expect(detect(text, { columns: ["who", "what", "stars"] }).columns).toEqual(expected);
    expect(() => detect(text, { columns: ["who", "film", "stars"] })).toThrow(/no column “film”.*when, who/);
    expect(() => detect(text, { columns: ["user", "item"] })).toThrow(/user, item and rating are needed/);
  });

  it("says which separator would fit when the given one does not", () => {
    expect(() => detect("1::2::3::4\n1::2::5::6\n", { separator: "," })).toThrow(
      /^r\.txt cannot be read with the separator ",": line 1 is "1::2::3::4"; the separator "::" would fit\.$/,
    );
  });

  it("says what is wrong with a file without ratings", () => {
    expect(() => detect("")).toThrow("r.txt is empty");
    expect(() => detect("userId,movieId,rating\n")).toThrow(/holds a header .* but no rating/);
    expect(() => detect("user;item;note\n1;2;fine\n")).toThrow(/no number in column 3.*--columns/);
    expect(() => detect("\n\n")).toThrow("nothing but blank lines");
    expect(() => detect("PK\u0003\u0004\u0000\u0000\n\u0000x\n")).toThrow("is not text");
    expect(() => detect("Dear diary,\nnothing here\n")).toThrow(
      /does not look like ratings: line 1 is "Dear diary,"/,
    );
    expect(() => detect(Buffer.from("1,2,3\n", "utf16le"))).toThrow("is not text"); // UTF-16 without its mark
  });

  it("takes a file for latin-1 when several lines are no UTF-8", () => {
    const line = Buffer.from("é,2,3\n", "latin1");
    expect(detect(Buffer.concat([line, line, line])).encoding).toBe("latin1");
    expect(detect(Buffer.concat([Buffer.from("1,2,3\n"), line])).encoding).toBe("utf-8");
    expect(detect("é,2,3\n").encoding).toBe("utf-8");
  });
});
