/**
 * The words at the start of the shared memory through which the pool and its workers agree. Counters that several
 * threads change live on cache lines of their own.
 *
 * Work is `phases` × `tasks` tickets, taken in order from `next`. A ticket of phase p starts once every ticket of
 * the phases before it is finished, or, in a ring, once its own task and the next one are through phase p − 1 (task t
 * counts its phases in the word `progress` + 16 t). Whoever waits, waits for tickets that others already hold, so
 * nobody waits for ever.
 */
export const control = {
  generation: 0,
  kernel: 1,
  args: 2,
  tasks: 3,
  tickets: 4,
  errorLength: 5,
  ring: 6,
  next: 16,
  finished: 32,
  stop: 48,
  done: 64,
  errorText: 80,
  progress: 512,
} as const;

/** Characters kept of a worker's error. */
export const maxErrorLength = 400;

/** Tasks of a ring: as many as `progress` has room for. */
export const longestRing = 32;

/** The words above fit below this many bytes; from 8192 on the kernels keep their constant tables. */
export const controlBytes = 4096;

/** Where the arena begins. Every instance writes the same tables below it when it starts, even during a job. */
export const arenaStart = 65_536;
