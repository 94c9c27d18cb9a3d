import type { Random } from "@tamis/core";
import { aliasTable } from "./alias-table.ts";

const secondsPerDay = 86_400;

/** How busy a day is, Sunday first: people rate films at the weekend. */
const weekdayWeights = [1.5, 0.85, 0.8, 0.85, 0.9, 1.15, 1.6];

/** How busy an hour (UTC) is: little at night, most in the evening. */
const hourWeights = [4, 2, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5, 6, 7, 9, 11, 13, 13, 10, 7];

/** How much busier mid-January is than mid-July, as a share of the mean. */
const winterSwing = 0.4;

/** Fills `times` (Unix seconds) with the ratings of one person, in the order in which they were given. */
export type FillTimes = (random: Random, times: Float64Array) => void;

/**
 * Rating times with a weekly, a yearly and a daily rhythm. A person rates in sittings of about a dozen films, some
 * seconds apart; sittings fall on days by how busy the days are.
 *
 * @param from - first second, Unix time, at midnight UTC
 * @param until - the second after the last
 */
export function ratingRhythm(from: number, until: number): FillTimes {
  const days = Math.ceil((until - from) / secondsPerDay);
  const drawDay = aliasTable(
    Float64Array.from({ length: days }, (_, day) => dayWeight(from + day * secondsPerDay)),
  );
  const drawHour = aliasTable(Float64Array.from(hourWeights));

  return (random, times) => {
    const sittings = 1 + Math.floor(times.length / 12);
    const starts = new Float64Array(sittings);
    for (let sitting = 0; sitting < sittings; sitting++) {
      starts[sitting] =
        from + drawDay(random) * secondsPerDay + drawHour(random) * 3600 + random.integer(3600);
    }
    starts.sort();
    for (let index = 0, sitting = -1, now = 0; index < times.length; index++) {
      const its = Math.floor((index * sittings) / times.length);
      now = its === sitting ? now + 4 + random.integer(90) : Math.max(now, starts[its]!);
      sitting = its;
      times[index] = Math.min(now, until - 1);
    }
  };
}

function dayWeight(midnight: number): number {
  const date = new Date(midnight * 1000);
  const dayOfYear = (midnight - Date.UTC(date.getUTCFullYear(), 0, 1) / 1000) / secondsPerDay;
  const winter = Math.cos((2 * Math.PI * (dayOfYear - 15)) / 365.25);
  return weekdayWeights[date.getUTCDay()]! * (1 + winterSwing * winter);
}
