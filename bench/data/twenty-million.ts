import type { RatingTable } from "@tamis/core";

/** The shape of MovieLens 20M. */
export const twentyMillion = { users: 138_493, items: 27_278, ratings: 20_000_000 };

/** From 80 to 800 ratings per user, popularity as rank^(−2/3); no pair twice; a user's items in scattered order. */
export function generateTwentyMillion(): RatingTable {
  const { users: userCount, items: itemCount, ratings: length } = twentyMillion;
  const [users, items, ratings] = [new Int32Array(length), new Int32Array(length), new Float64Array(length)];
  const share = (part: number) => (Math.sqrt(part + 0.01) - 0.1) / (Math.sqrt(1.01) - 0.1);
  for (let user = 0, from = 0; user < userCount; user++) {
    const end = Math.round(share((user + 1) / userCount) * length);
    const own = end - from;
    for (let n = 0, item = -1; n < own; n++) {
      item = Math.max(item + 1, Math.floor(itemCount * ((n + 0.5) / own) ** 3));
      // 7919 is prime and above every user's number of ratings: each place is taken once.
      const at = from + ((n * 7919) % own);
      users[at] = user;
      items[at] = item;
      ratings[at] = 1 + ((n * 31 + user * 17) % 9) / 2;
    }
    from = end;
  }
  const ids = (count: number) => Array.from({ length: count }, (_, code) => code + 1);
  return {
    length,
    users: { ids: ids(userCount), codes: users },
    items: { ids: ids(itemCount), codes: items },
    ratings,
    ratedAt: null,
    scale: { min: 1, max: 5 },
  };
}
