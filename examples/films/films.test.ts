import { execFile } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

/** The example as its README starts it; gives what it printed. */
async function films(dataDir: string, ...folder: string[]): Promise<string> {
  const node = ["--conditions=@tamis/source", "--import", "tsx", "main.ts"];
  const args = [...node, ...folder, "--data-dir", dataDir, "--port", "0"];
  return (await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })).stdout;
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), "tamis-films-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

const realFilms = join(process.env.TAMIS_TEST_DATA ?? "", "ml-latest-small");
const noRealFilms = fs.existsSync(realFilms) ? "" : ": TAMIS_TEST_DATA has no ml-latest-small";

it("goes through the four scenarios, and finds its data the second time", async () => {
  const dataDir = temporaryFolder();
  const first = await films(dataDir);
  expect(first).toContain("imported 100,836 ratings of 9,126 films by 610 people\n   promoted: RMSE ");
  expect(first).toContain("a second start meanwhile: 409");
  expect(first).toMatch(/^ {3}not promoted: RMSE /m);
  expect(first).toMatch(/^ {3}user 1, model version 1\n( {5}\d\.\d\d {2}.+: .+\n){5}/m);
  expect(first).toMatch(/^ {3}somebody unknown\n( {5}\d\.\d\d {2}.+: rated .+\n){5}/m);
  expect(first).toMatch(/^ {3}2,000 synthetic ratings.*\n {3}promoted by force: RMSE .*\n.*: already done$/m);
  expect(first).toContain("ratings 100,836, mean 3.47; drift: no\n   6 lists, ");

  const second = await films(dataDir);
  expect(second).toMatch(/^ {3}found 100,836 ratings.*\n {3}version 2 \(svd\) is served already$/m);
}, 300_000);

it.skipIf(noRealFilms)(
  `does so on the real ratings of ml-latest-small${noRealFilms}`,
  async () => {
    const report = await films(temporaryFolder(), realFilms);
    expect(report).toContain("imported 100,836 ratings of 9,724 films by 610 people\n   promoted: RMSE ");
    expect(report).toMatch(/^ {3}promoted by force: RMSE /m);
  },
  300_000,
);
