import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root =
  process.env.TAMIS_TEST_DATA ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/**
 * The folder of a real data set, or `undefined` where it is not installed (licences forbid to ship most of them).
 * On CI a missing set is a failure.
 */
export function realData(name: string): string | undefined {
  const path = join(root, name);
  if (existsSync(path)) return path;
  if (process.env.CI === "true") throw new Error(`The test data ${name} is missing; set TAMIS_TEST_DATA.`);
  return undefined;
}
