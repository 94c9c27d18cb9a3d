import type { EnvironmentName } from "@tamis/core";
import type { FC } from "hono/jsx";
import { EmptyState } from "./empty-state.tsx";
import { formatCount, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import { NewPersonForm } from "./new-person-form.tsx";
import { RecommendOptions } from "./recommend-options.tsx";
import { recommendAddress } from "./recommend-query.ts";
import type { RecommendedList, RecommendView } from "./recommend-view.ts";

/** How many of the user's best-rated items stand beside the list. */
const shownHistory = 12;

interface RecommendPageProps {
  readonly view: RecommendView;
  /** Whether the reader may see what one person rated. */
  readonly mayReadRatings: boolean;
  readonly environment: EnvironmentName;
}

/** Pick a user or be somebody new; see the list of one model or of two, with reasons and what is similar. */
export const RecommendPage: FC<RecommendPageProps> = ({ view, mayReadRatings, environment }) => {
  const { query, lists } = view;
  const title = lists.length === 0 ? "Recommend" : `Recommendations for ${whom(view)}`;
  return (
    <Layout title={title} path="/recommend" environment={environment}>
      <div>
        <h1>Recommend</h1>
        <p class="lead">
          The best items a user has not rated yet, each with where its score comes from and why.
        </p>
      </div>
      <nav aria-label="For whom">
        <ul class="tabs">
          <li>
            <a href="/recommend" aria-current={query.isNew ? undefined : "true"}>
              A user
            </a>
          </li>
          <li>
            <a href="/recommend?new=1" aria-current={query.isNew ? "true" : undefined}>
              Somebody new
            </a>
          </li>
        </ul>
      </nav>
      {query.isNew ? <NewPersonForm view={view} /> : <UserForm view={view} />}
      {view.message ? (
        <p class="alert" role="alert">
          {view.message}
        </p>
      ) : null}
      {view.similar ? <Similar view={view} /> : null}
      {lists.length > 0 ? (
        <div class={lists.length > 1 ? "columns columns-even columns-top" : "columns columns-top"}>
          {lists.map((list, index) => (
            <RankedList view={view} list={list} other={lists[1 - index]} />
          ))}
          {lists.length === 1 && !query.isNew && mayReadRatings ? <History view={view} /> : null}
        </div>
      ) : null}
      {view.users.length === 0 && view.items.size === 0 ? (
        <EmptyState
          title="No users yet"
          text="Import ratings and train a model first."
          commands={["tamis import movielens PATH", "tamis train"]}
        />
      ) : null}
    </Layout>
  );
};

const UserForm: FC<{ view: RecommendView }> = ({ view }) => (
  <section class="card" aria-label="Choose a user">
    <form class="form" method="get" action="/recommend">
      <div class="field">
        <label for="user">User id</label>
        <input id="user" name="user" value={view.query.user} required maxlength={256} autocomplete="off" />
      </div>
      <RecommendOptions view={view} />
      <button type="submit">Recommend</button>
    </form>
    {view.users.length > 0 ? (
      <nav aria-label="Users with most ratings" class="suggestions">
        <p class="note">Users with most ratings</p>
        <ul class="inline-list">
          {view.users.map((user) => (
            <li>
              <a href={recommendAddress(view.query, { user: String(user.userId), item: "" })}>
                {user.userId} <span class="note">({formatCount(user.ratings)})</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
    ) : null}
  </section>
);

interface RankedListProps {
  readonly view: RecommendView;
  readonly list: RecommendedList;
  /** The list beside it. */
  readonly other: RecommendedList | undefined;
}

const RankedList: FC<RankedListProps> = ({ view, list, other }) => {
  const { recommendations, version, rankedBy, isKnown, isServed } = list;
  const id = `list-${version?.version ?? 0}`;
  const shared = new Set(other?.recommendations.map(({ itemId }) => itemId));
  const inBoth = recommendations.filter(({ itemId }) => shared.has(itemId)).length;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        {other
          ? version
            ? `Version ${version.version}, ${version.algorithm}`
            : "No model yet"
          : `The best ${recommendations.length} for ${whom(view)}`}
      </h2>
      <p class="note">
        {version === null ? "No model yet" : `Model version ${version.version}`}
        {isServed ? ", which serves now" : ""}
        {isKnown || view.query.isNew ? "" : "; it was not trained with this user"}. Ranked by {rankedBy.why}.
        {other ? ` ${inBoth} of ${recommendations.length} are in both lists.` : ""}
      </p>
      {recommendations.length === 0 ? <p>Nothing is left to recommend.</p> : null}
      <ol class="ranking">
        {recommendations.map((each) => (
          <li>
            <span class="title">
              {each.title}
              {shared.has(each.itemId) ? <span class="status in-both">in both</span> : null}
            </span>
            <span class="score">{formatNumber(each.score, 2)}</span>
            <span class="reason">
              <span class={`status source-${each.source}`}>{each.source.replace("_", " ")}</span>{" "}
              {each.reason}{" "}
              <a href={`${recommendAddress(view.query, { item: String(each.itemId) })}#similar`}>
                Similar<span class="hidden"> to {each.title}</span>
              </a>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
};

const Similar: FC<{ view: RecommendView }> = ({ view: { query, similar } }) =>
  similar === undefined ? null : (
    <section class="card" aria-labelledby="similar">
      <div class="card-head">
        <h2 id="similar">Similar to {similar.title}</h2>
        <a href={recommendAddress(query, { item: "" })}>Close</a>
      </div>
      {similar.found.length === 0 ? (
        <p class="note">{similar.by}</p>
      ) : (
        <>
          <p class="note">As {similar.by} holds them, the most similar first.</p>
          <ol class="inline-list">
            {similar.found.map(({ itemId, title, score }) => (
              <li>
                <a href={`${recommendAddress(query, { item: String(itemId) })}#similar`}>
                  {title} <span class="note">{score.toPrecision(2)}</span>
                </a>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );

const History: FC<{ view: RecommendView }> = ({ view: { history, items } }) => {
  const best = [...history].sort((a, b) => b.rating - a.rating).slice(0, shownHistory);
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">What this user liked best</h2>
      {best.length === 0 ? (
        <p class="note">This user has rated nothing.</p>
      ) : (
        <table>
          <caption>
            {best.length} of {formatCount(history.length)} ratings, highest first
          </caption>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" class="number">
                Rating
              </th>
            </tr>
          </thead>
          <tbody>
            {best.map(({ itemId, rating }) => (
              <tr>
                <th scope="row">{items.get(itemId)?.title ?? itemId}</th>
                <td class="number">{formatNumber(rating, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};

function whom({ query }: RecommendView): string {
  return query.isNew ? "somebody new" : `user ${query.user}`;
}
