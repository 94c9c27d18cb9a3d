import { expect, it } from "vitest";
import { addFilms } from "../testing/hand-made-films.ts";
import { openService } from "../testing/open-service.ts";

it("counts who rated and what was rated, the mean to two decimals", async () => {
  const service = await openService();
  const stats = async () => (await service.app.request("/stats")).json();
  expect(await stats()).toEqual({ users: 0, movies: 0, ratings: 0, average_rating: null });
  await addFilms(service.tamis);
  expect(await stats()).toEqual({ users: 3, movies: 2, ratings: 4, average_rating: 3.63 });
  await service.close();
});
