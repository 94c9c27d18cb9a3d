import type { ModelRole } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";
import { roleFlag } from "../role-flag.ts";
import { wholeNumber } from "../whole-number.ts";

/** `tamis models promote VERSION`: a version that somebody chose, whatever its figures. */
export const modelsPromote = defineCommand<{ readonly role: ModelRole }, [version: number]>({
  summary: "Make a version the champion, whatever its figures",
  examples: ["tamis models promote 3", "tamis models promote 4 --role ranker"],
  flags: { role: roleFlag },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "VERSION", brief: "Number of the version", parse: wholeNumber(1) }],
  },
  async run(context, { role }, number) {
    const { promoteVersion } = await import("@tamis/ml");
    const { modelCatalog } = await import("@tamis/storage");
    const { records, objects } = await context.tamis();
    const registry = { objects, catalog: modelCatalog(records) };
    const version = await promoteVersion(registry, modelName, number, { role, actor: "command line" });
    context.output.result({ model: modelName, role, ...modelDocument(version) }, () => [
      `version ${version.version} (${version.algorithm}) is the ${role}`,
    ]);
  },
});
