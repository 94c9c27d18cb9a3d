import { TamisError } from "@tamis/core";
import { z } from "zod";

/** The largest page, whatever is asked for: the client asks for the next one. */
const largestPage = 1000;

/** What every list takes of its caller, from JSON or from a query. */
export const PageQuery = {
  max_results: z.coerce.number().int().min(1).optional(),
  page_token: z.string().optional(),
};

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** @throws invalid_input for a token that no page gave */
export function pageOf({
  max_results = largestPage,
  page_token,
}: {
  max_results?: number | undefined;
  page_token?: string | undefined;
}): Page {
  const limit = Math.min(max_results, largestPage);
  if (page_token === undefined || page_token === "") return { offset: 0, limit };
  const [, digits] = /^after-(\d{1,9})$/.exec(page_token) ?? [];
  if (digits !== undefined) return { offset: Number(digits), limit };
  throw new TamisError("invalid_input", "The page_token is not one that a page gave.");
}

/** `next_page_token` when there is more; `found` holds one more than the page when there is. */
export function cutPage<Item>(found: readonly Item[], { offset, limit }: Page) {
  return {
    items: found.slice(0, limit),
    next: found.length > limit ? { next_page_token: `after-${offset + limit}` } : {},
  };
}
