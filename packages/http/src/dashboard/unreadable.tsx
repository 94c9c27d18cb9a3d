import type { FC } from "hono/jsx";

/** In the place of a part that could not be read. */
export const Unreadable: FC<{ what: string }> = ({ what }) => (
  <p class="alert" role="alert">
    {what} cannot be read now. The log has the cause; <a href="/readyz">readiness</a> says which store is out
    of reach.
  </p>
);
