import type { EnvironmentName, Id, Item, Rating } from "@tamis/core";
import type { RatingUser } from "@tamis/storage";
import type { FC } from "hono/jsx";
import type { Recommendations } from "../serving.ts";
import { EmptyState } from "./empty-state.tsx";
import { formatCount, formatDay, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";

/** What was asked and what came out; all of it follows from the address of the page. */
export interface RecommendView {
  /** As typed. */
  readonly user: string;
  readonly n: string;
  /** Users to try, most ratings first. */
  readonly users: readonly RatingUser[];
  /** Why there is no list, in one sentence. */
  readonly message?: string;
  readonly found?: Recommendations & { readonly userId: Id; readonly history: readonly Rating[] };
  readonly items: ReadonlyMap<Id, Item>;
}

/** How many of the user's best-rated items stand beside the list. */
const shownHistory = 12;

/** Pick a user, see the list with its reasons, and what the user liked. */
export const RecommendPage: FC<{ view: RecommendView; environment: EnvironmentName }> = ({
  view,
  environment,
}) => (
  <Layout
    title={view.found ? `Recommendations for user ${view.found.userId}` : "Recommend"}
    path="/recommend"
    environment={environment}
  >
    <div>
      <h1>Recommend</h1>
      <p class="lead">
        The best items a user has not rated yet, each with where its score comes from and why.
      </p>
    </div>
    <UserForm view={view} />
    {view.message ? (
      <p class="alert" role="alert">
        {view.message}
      </p>
    ) : null}
    {view.found ? (
      <div class="columns columns-top">
        <RankedList found={view.found} />
        <History found={view.found} items={view.items} />
      </div>
    ) : null}
    {view.users.length === 0 ? (
      <EmptyState
        title="No users yet"
        text="Import ratings and train a model first."
        commands={["tamis import movielens PATH", "tamis train"]}
      />
    ) : null}
  </Layout>
);

const UserForm: FC<{ view: RecommendView }> = ({ view }) => (
  <section class="card" aria-label="Choose a user">
    <form class="form" method="get" action="/recommend">
      <div class="field">
        <label for="user">User id</label>
        <input id="user" name="user" value={view.user} required maxlength={256} autocomplete="off" />
      </div>
      <div class="field">
        <label for="n">How many</label>
        <input id="n" name="n" type="number" min="1" max="50" value={view.n} required />
      </div>
      <button type="submit">Recommend</button>
    </form>
    {view.users.length > 0 ? (
      <nav aria-label="Users with most ratings" class="suggestions">
        <p class="note">Users with most ratings</p>
        <ul class="inline-list">
          {view.users.map((user) => (
            <li>
              <a href={`/recommend?${new URLSearchParams({ user: String(user.userId), n: view.n })}`}>
                {user.userId} <span class="note">({formatCount(user.ratings)})</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
    ) : null}
  </section>
);

type Found = NonNullable<RecommendView["found"]>;

const RankedList: FC<{ found: Found }> = ({ found }) => (
  <section class="card" aria-labelledby="list">
    <h2 id="list">
      The best {found.recommendations.length} for user {found.userId}
    </h2>
    <p class="note">
      {found.modelVersion === null ? "No model yet" : `Model version ${found.modelVersion}`}
      {found.coldStart ? "; the model was not trained with this user" : ""}. Ranked by {found.rankedBy.why}.
    </p>
    <ol class="ranking">
      {found.recommendations.map((each) => (
        <li>
          <span class="title">{each.title}</span>
          <span class="score">{formatNumber(each.score, 2)}</span>
          <span class="reason">
            <span class={`status source-${each.source}`}>{each.source.replace("_", " ")}</span> {each.reason}
          </span>
        </li>
      ))}
    </ol>
  </section>
);

const History: FC<{ found: Found; items: ReadonlyMap<Id, Item> }> = ({ found, items }) => {
  const best = [...found.history].sort((a, b) => b.rating - a.rating).slice(0, shownHistory);
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">What this user liked best</h2>
      {best.length === 0 ? (
        <p class="note">This user has rated nothing.</p>
      ) : (
        <table>
          <caption>
            {best.length} of {formatCount(found.history.length)} ratings, highest first
          </caption>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" class="number">
                Rating
              </th>
              <th scope="col" class="number">
                On
              </th>
            </tr>
          </thead>
          <tbody>
            {best.map(({ itemId, rating, ratedAt }) => (
              <tr>
                <th scope="row">{items.get(itemId)?.title ?? itemId}</th>
                <td class="number">{formatNumber(rating, 1)}</td>
                <td class="number">{ratedAt === null ? "—" : formatDay(new Date(ratedAt * 1000))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
