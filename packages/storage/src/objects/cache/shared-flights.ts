import { unlessAborted } from "../abortable.ts";

/** Downloads that several readers wait for together. */
export interface SharedFlights<Result> {
  /** Waits for the download of a key, beginning it when there is none. It is aborted when nobody waits any more. */
  join(key: string, signal: AbortSignal | undefined): Promise<Result | undefined>;
  /** Whoever joins from now on gets a new download: the object has changed. */
  leave(key: string): void;
}

/**
 * @param fetch - downloads; `isCurrent` tells whether its result may still be kept. It answers `outdated` when the
 * object changed meanwhile: then it is downloaded again.
 */
export function sharedFlights<Result>(
  fetch: (
    key: string,
    signal: AbortSignal,
    isCurrent: () => boolean,
  ) => Promise<Result | "outdated" | undefined>,
): SharedFlights<Result> {
  interface Flight {
    readonly landing: Promise<Result | "outdated" | undefined>;
    readonly cancel: AbortController;
    waiting: number;
  }
  const flights = new Map<string, Flight>();

  const begin = (key: string): Flight => {
    const cancel = new AbortController();
    const isCurrent = () => flights.get(key) === flight;
    // The fetch starts a tick later, when the flight is on the board.
    const landing = Promise.resolve()
      .then(() => fetch(key, cancel.signal, isCurrent))
      .finally(() => isCurrent() && flights.delete(key));
    const flight: Flight = { landing, cancel, waiting: 0 };
    landing.catch(() => {});
    flights.set(key, flight);
    return flight;
  };

  const join = async (key: string, signal: AbortSignal | undefined): Promise<Result | undefined> => {
    const flight = flights.get(key) ?? begin(key);
    flight.waiting++;
    try {
      const result = await (signal ? unlessAborted(flight.landing, signal) : flight.landing);
      return result === "outdated" ? await join(key, signal) : result;
    } finally {
      flight.waiting--;
      if (flight.waiting === 0) {
        if (flights.get(key) === flight) flights.delete(key);
        flight.cancel.abort();
      }
    }
  };

  return { join, leave: (key) => void flights.delete(key) };
}
