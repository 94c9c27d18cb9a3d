import type { Config } from "@tamis/core";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { diagnose, type Finding } from "../diagnose.ts";
import { exitCodes } from "../exit-codes.ts";
import { tableLines } from "../table.ts";

/** `tamis doctor`: is everything in place? */
export const doctor = defineCommand<Record<never, never>>({
  summary: "Check the installation, the stores and the configuration",
  details: [
    "Checks Node, the drivers, the data folder, the records, the object store, the current snapshot and the champion,",
    "and shows each setting with where it came from. Exit code 1 when a check fails.",
  ].join("\n"),
  examples: ["tamis doctor", "tamis doctor --data-dir ./films --json"],
  flags: {},
  async run(context) {
    const findings = await diagnose(context);
    const ok = findings.every(({ status }) => status !== "failed");
    const settings = describeSettings(context);
    const document = {
      ok,
      checks: findings,
      configuration: Object.fromEntries(settings.map(({ name, value, origin }) => [name, { value, origin }])),
    };
    context.output.result(document, () => [
      ...findings.map((finding) => findingLine(context, finding)),
      "",
      ...tableLines(
        [{ title: "setting" }, { title: "value" }, { title: "from" }],
        settings.map(({ name, value, origin }) => [name, String(value), origin]),
      ),
    ]);
    if (!ok) context.exitWith(exitCodes.failed);
  },
});

function describeSettings({ config, origins }: Context) {
  const set = Object.entries(config).filter(([, value]) => value !== undefined);
  return set.map(([name, value]) => ({
    name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value: typeof value === "string" ? maskSecrets(value) : value,
    origin: origins[name as keyof Config],
  }));
}

/** A URL without its password and without query values that may be keys. */
function maskSecrets(value: string): string {
  return value
    .replace(/^([a-z][\w+.-]*:\/\/[^/:@]*):.*@/i, "$1:***@") // one that is not %-coded may hold / and @
    .replace(/([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, "$1***");
}

function findingLine({ output }: Context, { check, status, detail }: Finding): string {
  const mark = {
    ok: output.style("green", "ok    "),
    failed: output.style("red", "FAILED"),
    skipped: output.style("dim", "-     "),
  }[status];
  return `${mark}  ${check.padEnd(14)} ${detail}`;
}
