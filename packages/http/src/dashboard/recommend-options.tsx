import type { FC } from "hono/jsx";
import type { RecommendView } from "./recommend-view.ts";

/** How many, and which other version beside the one that serves. */
export const RecommendOptions: FC<{ view: RecommendView }> = ({ view: { query, versions } }) => (
  <>
    <div class="field">
      <label for="n">How many</label>
      <input id="n" name="n" type="number" min="1" max="50" value={query.n} required />
    </div>
    {versions.length > 0 ? (
      <div class="field">
        <label for="with">Compare with</label>
        <select id="with" name="with">
          <option value="">nothing</option>
          {versions.map(({ version, algorithm, aliases }) => (
            <option value={String(version)} selected={String(version) === query.with}>
              version {version}, {algorithm}
              {aliases.length > 0 ? ` (${aliases.join(", ").replaceAll("_", " ")})` : ""}
            </option>
          ))}
        </select>
      </div>
    ) : null}
  </>
);
