import { type ModelAlias, TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";

/** `tamis models show [VERSION]`: everything known of one version. */
export const modelsShow = defineCommand<Record<never, never>, [version: number | ModelAlias]>({
  summary: "Show one version: what it learnt from, with which options, how good it is",
  examples: ["tamis models show", "tamis models show 3 --json", "tamis models show previous"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [
      {
        placeholder: "VERSION",
        brief: "A number, champion or previous",
        parse: parseVersion,
        default: "champion",
      },
    ],
  },
  async run(context, _flags, asked) {
    const { modelCatalog } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const version = await modelCatalog(records).find(modelName, asked);
    if (!version) {
      throw new TamisError("not_found", `There is no model version ${asked}. List them with: tamis models`, {
        details: { model: modelName, version: asked },
      });
    }
    const document = { model: modelName, ...modelDocument(version) };
    context.output.result(document, () =>
      Object.entries(document).map(
        ([name, value]) =>
          `${name.replaceAll("_", " ").padEnd(12)}${typeof value === "object" ? JSON.stringify(value) : value}`,
      ),
    );
  },
});

/** A version as typed: a number from 1 on, or an alias. */
function parseVersion(input: string): number | ModelAlias {
  if (input === "champion" || input === "previous") return input;
  if (/^[1-9]\d{0,8}$/.test(input)) return Number(input);
  throw new Error("expected a version number, champion or previous.");
}
