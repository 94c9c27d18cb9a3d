import { expect, it } from "vitest";
import { Rating, Scale } from "./rating.ts";
import { Review } from "./review.ts";
import { User } from "./user.ts";

it("accepts a rating, with ids in canonical form and an unknown time as null", () => {
  expect(Rating.parse({ userId: "1", itemId: "B000", rating: 4.5 })).toEqual({
    userId: 1,
    itemId: "B000",
    rating: 4.5,
    ratedAt: null,
  });
});

it("refuses a rating that is no number and a time that is not in whole seconds", () => {
  for (const rating of ["4", Number.NaN, Number.POSITIVE_INFINITY, null])
    expect(Rating.safeParse({ userId: 1, itemId: 1, rating }).success).toBe(false);
  expect(Rating.safeParse({ userId: 1, itemId: 1, rating: 4, ratedAt: 1.5 }).success).toBe(false);
});

it("takes any scale whose ends differ", () => {
  expect(Scale.parse({ min: -10, max: 10 })).toEqual({ min: -10, max: 10 });
  expect(Scale.safeParse({ min: 5, max: 5 }).success).toBe(false);
  expect(Scale.safeParse({ min: 5, max: 1 }).success).toBe(false);
});

it("takes a review without a rating or a title", () => {
  expect(Review.parse({ reviewId: "R1", userId: "u", itemId: 7, text: "Très bon" })).toEqual({
    reviewId: "R1",
    userId: "u",
    itemId: 7,
    rating: null,
    title: "",
    text: "Très bon",
    reviewedAt: null,
  });
});

it("takes a user with plain attributes only", () => {
  expect(User.parse({ userId: "5" })).toEqual({ userId: 5, attributes: {} });
  expect(User.parse({ userId: 5, attributes: { occupation: "writer", age: 25 } }).attributes.age).toBe(25);
  expect(User.safeParse({ userId: 5, attributes: { address: { city: "Paris" } } }).success).toBe(false);
});
