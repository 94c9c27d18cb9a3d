import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { createRecommender } from "../recommenders.ts";
import { drawPoint, parseSearchSpace, withPoint } from "./search-space.ts";
import { searchSpaces } from "./search-spaces.ts";

it.each(Object.entries(searchSpaces))("every point of %s's space is options that it takes", (name, input) => {
  const space = parseSearchSpace(input);
  const random = createRandom(1);
  for (let times = 0; times < 50; times++) {
    const options = withPoint({}, drawPoint(space, random));
    expect(createRecommender(name, options).options).toMatchObject(options);
  }
});
