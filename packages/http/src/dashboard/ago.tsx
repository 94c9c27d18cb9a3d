import type { FC } from "hono/jsx";
import { formatAge, formatInstant } from "./format.ts";

/** An instant as its age, with the exact time for machines and for hovering. */
export const Ago: FC<{ instant: Date; now: Date }> = ({ instant, now }) => (
  <time datetime={instant.toISOString()} title={formatInstant(instant)}>
    {formatAge(instant, now)}
  </time>
);
