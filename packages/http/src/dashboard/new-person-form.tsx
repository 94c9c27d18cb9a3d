import type { FC } from "hono/jsx";
import { formatCount, formatNumber } from "./format.ts";
import { RecommendOptions } from "./recommend-options.tsx";
import { recommendAddress } from "./recommend-query.ts";
import type { RecommendView } from "./recommend-view.ts";

/** Five ratings say enough for a first list. */
const enough = 5;

/** Somebody new rates a few films. The ratings are in the address and nowhere else. */
export const NewPersonForm: FC<{ view: RecommendView }> = ({ view }) => {
  const { query, items } = view;
  const missing = enough - query.rates.length;
  return (
    <section class="card" aria-labelledby="new">
      <h2 id="new">
        {missing > 0 ? `Rate ${missing === enough ? "five" : `${missing} more`} films` : "Your ratings"}
      </h2>
      <p class="note">They stay in the address of this page; nothing is stored.</p>
      {query.rates.length > 0 ? (
        <ul class="inline-list" aria-label="Rated">
          {query.rates.map(({ itemId, rating }) => (
            <li class="chip">
              {items.get(itemId)?.title ?? itemId} <strong>{formatNumber(rating, 1)}</strong>{" "}
              <a
                href={recommendAddress(query, {
                  rates: query.rates.filter((each) => each.itemId !== itemId),
                })}
              >
                Remove<span class="hidden"> {items.get(itemId)?.title ?? itemId}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : null}
      <form class="form after-facts" method="get" action="/recommend">
        <Kept view={view} />
        <div class="field">
          <label for="q">Part of a title</label>
          <input id="q" name="q" type="search" value={query.search} maxlength={200} autocomplete="off" />
        </div>
        <RecommendOptions view={view} />
        <button type="submit">Search</button>
      </form>
      <Offered view={view} />
    </section>
  );
};

const Offered: FC<{ view: RecommendView }> = ({ view }) => {
  const { query, offered, values } = view;
  if (offered.length === 0) {
    return <p class="note after-facts">No title has “{query.search}” in it.</p>;
  }
  return (
    <>
      <p class="note after-facts">{query.search === "" ? "Films that many have rated" : "What was found"}</p>
      <ul class="offers">
        {offered.map(({ itemId, title, ratings }) => (
          <li>
            <span>
              {title} <span class="note">{formatCount(ratings)} ratings</span>
            </span>
            <form method="get" action="/recommend">
              <Kept view={view} />
              <input type="hidden" name="q" value={query.search} />
              <input type="hidden" name="n" value={query.n} />
              <input type="hidden" name="with" value={query.with} />
              <select name="rate" aria-label={`Rating of ${title}`}>
                {values.map((value) => (
                  <option value={`${itemId}:${value}`}>{formatNumber(value, 1)}</option>
                ))}
              </select>
              <button type="submit" class="quiet">
                Rate<span class="hidden"> {title}</span>
              </button>
            </form>
          </li>
        ))}
      </ul>
    </>
  );
};

/** The ratings so far, in every form. */
const Kept: FC<{ view: RecommendView }> = ({ view: { query } }) => (
  <>
    <input type="hidden" name="new" value="1" />
    {query.rates.map(({ itemId, rating }) => (
      <input type="hidden" name="rate" value={`${itemId}:${rating}`} />
    ))}
  </>
);
