import { checkDrift, takeBaseline } from "@tamis/ml";
import { driftStore, ratingCounts } from "@tamis/storage";
import { importFilms, type OpenService } from "./open-service.ts";

/** Takes a baseline of the present films, imports others and compares: a report that says drift. */
export async function addDriftReport(service: OpenService): Promise<void> {
  const { tamis } = service;
  const ports = { counts: ratingCounts(tamis), store: driftStore(tamis.records) };
  await takeBaseline(ports, { createdBy: "test" });
  await importFilms(service, 43);
  await checkDrift(ports, { profile: "evidently" });
}
