import { defineCommand } from "../define-command.ts";
import { findModel, parseVersion, type VersionName } from "../load-model.ts";
import { modelDocument, modelName } from "../model-document.ts";

/** `tamis models show [VERSION]`: everything known of one version. */
export const modelsShow = defineCommand<Record<never, never>, [version: VersionName]>({
  summary: "Show one version: what it learnt from, with which options, how good it is",
  examples: ["tamis models show", "tamis models show 3 --json", "tamis models show previous"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [
      {
        placeholder: "VERSION",
        brief: "A number, champion, ranker, previous or previous_ranker",
        parse: parseVersion,
        default: "champion",
      },
    ],
  },
  async run(context, _flags, asked) {
    const version = await findModel(context, asked);
    const document = { model: modelName, ...modelDocument(version!) };
    context.output.result(document, () =>
      Object.entries(document).map(
        ([name, value]) =>
          `${name.replaceAll("_", " ").padEnd(12)}${typeof value === "object" ? JSON.stringify(value) : value}`,
      ),
    );
  },
});
