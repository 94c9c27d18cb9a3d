/**
 * Measures the suites, or those named, prints them and writes `bench/results/`: see README.md beside this file.
 *
 *     npm run bench -- [SUITE…] [--match TEXT] [--peer FILE]… | --list | --report | --folds FOLDER
 */
import { fork } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hasData } from "./data/fold.ts";
import { writeFolds } from "./data/write-folds.ts";
import { writeReport } from "./report.ts";
import { mergeRows, readPeers, readResult, thisCommit, thisMachine, writeResult } from "./results.ts";
import type { Measurement, Row, Run } from "./suite.ts";
import { suites } from "./suites.ts";
import { formatTable } from "./table.ts";
import { formatTargets } from "./targets.ts";

const print = (text: string) => process.stdout.write(text);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    match: { type: "string", default: "" },
    peer: { type: "string", multiple: true, default: [] },
    list: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    folds: { type: "string" },
    /** In the process of one run: SUITE, and the number of the run as positional argument. */
    run: { type: "string" },
  },
});

if (values.run !== undefined) await measureHere(values.run, Number(positionals[0]));
else if (values.list)
  for (const [name, load] of Object.entries(suites)) print(`${name.padEnd(20)} ${(await load()).title}\n`);
else if (values.report) print(`${await writeReport()}\n`);
else if (values.folds !== undefined) print(`${writeFolds(values.folds).join("\n")}\n`);
else for (const name of positionals.length > 0 ? positionals : Object.keys(suites)) await measureSuite(name);

async function measureSuite(name: string): Promise<void> {
  const suite = await suites[name]?.();
  if (!suite) throw new Error(`no suite “${name}”; there are: ${Object.keys(suites).join(", ")}`);
  print(`\n# ${name}: ${suite.title}\n`);
  if (suite.needs && !hasData(suite.needs)) {
    print(`not measured: ${suite.needs} is not here; set TAMIS_TEST_DATA to the folder that holds it\n`);
    return;
  }
  const machine = thisMachine();
  const former = readResult(name);
  const isSameMachine = JSON.stringify(former?.machine) === JSON.stringify(machine);
  let rows = mergeRows((isSameMachine && former?.rows) || [], readPeers(values.peer, name));
  for (const [number, run] of suite.runs.entries()) {
    const label = `${run.case}: ${run.name}${run.threads === undefined ? "" : `, ${run.threads} threads`}`;
    if (!label.includes(values.match)) continue;
    print(`${label} …\n`);
    rows = mergeRows(rows, [await measureApart(name, number, run)]);
    writeResult({ suite: name, machine, rows });
  }
  print(`\n${formatTable(suite, rows)}${formatTargets(suite, rows)}\n`);
  print(`${writeResult({ suite: name, machine, rows })}\n`);
}

/** One run in a process of its own, so that its memory and its warm-up are its own. */
async function measureApart(suite: string, number: number, { case: of, name, threads }: Run): Promise<Row> {
  const about = {
    load: Number(loadavg()[0]!.toFixed(2)),
    date: new Date().toISOString(),
    commit: thisCommit(),
  };
  const child = fork(fileURLToPath(import.meta.url), ["--run", suite, String(number)]);
  const measured = await new Promise<Measurement>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Measurement));
    child.once("exit", (code) => reject(new Error(`${of}: ${name}: the process ended with ${code}`)));
  });
  return { case: of, name, ...(threads !== undefined && { threads }), ...measured, ...about };
}

async function measureHere(suite: string, number: number): Promise<void> {
  const { runs } = await suites[suite]!();
  const idle_mib = Math.round(process.memoryUsage().rss / 2 ** 20);
  const measured = await runs[number]!.measure();
  const peak_mib = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send!({ idle_mib, peak_mib, ...measured }, () => process.exit());
}
