import {
  type CheckDriftOptions,
  checkDrift,
  comparedRatings,
  type DriftDocument,
  type DriftProfile,
  defaultBaseline,
  judgeInThread,
} from "@tamis/ml";
import { driftPorts } from "@tamis/storage";
import type { Services } from "./services.ts";

/** How long a report on the same data is shown again, in milliseconds. */
const freshForMs = 3_600_000;

/** Reports, made at most once for the same data. */
export interface DriftReports {
  /** The newest report of a profile when it still tells of the data; else a new one. */
  current(profile: DriftProfile): Promise<DriftDocument>;
  /** A new report. */
  make(options: CheckDriftOptions): Promise<DriftDocument>;
}

/** Comparisons run in a thread, and in DuckDB's own: requests are answered meanwhile. */
export function driftReports(services: Services): DriftReports {
  const { tamis, now = () => new Date() } = services;
  const ports = driftPorts(tamis, now);
  const { counts, store } = ports;
  const making = new Map<DriftProfile, Promise<DriftDocument>>();
  const make = async (options: CheckDriftOptions) =>
    (await checkDrift(ports, { judge: judgeInThread, ...options })).document;

  async function known(profile: DriftProfile): Promise<DriftDocument | undefined> {
    const baseline = await store.findBaseline(defaultBaseline);
    const [latest] = await store.listReports({ baseline: defaultBaseline, profile, limit: 1 });
    if (latest === undefined || latest.baselineVersion !== baseline?.version) return undefined;
    const document = latest.document as DriftDocument;
    const { snapshot, since, last } = document.current;
    const usual = since === null && (last === comparedRatings || profile === "simple");
    const same = snapshot === ((await counts.currentSnapshot()) ?? null) || profile === "simple";
    const fresh = now().getTime() - latest.createdAt.getTime() < freshForMs;
    return usual && same && fresh ? document : undefined;
  }

  return {
    make,
    async current(profile) {
      const found = await known(profile);
      if (found !== undefined) return found;
      let flight = making.get(profile);
      if (flight === undefined) {
        flight = make({ profile }).finally(() => making.delete(profile));
        making.set(profile, flight);
      }
      return await flight;
    },
  };
}
