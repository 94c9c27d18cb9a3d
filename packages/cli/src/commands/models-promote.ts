import type { ModelRole } from "@tamis/core";
import { actor } from "../actor.ts";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";
import { roleFlag } from "../role-flag.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly role: ModelRole;
}

/** `tamis models promote VERSION`: give a role to a version, whatever its figures. */
export const modelsPromote = defineCommand<Flags, [version: number]>({
  summary: "Give a role to a version of your choice, whatever its figures",
  details: "The audit has it as forced. Exit code 4: there is no such version; 6: it cannot have the role.",
  examples: ["tamis models promote 3", "tamis models promote 5 --role ranker --json"],
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
    const version = await promoteVersion(registry, modelName, number, { role, actor });
    context.output.result({ model: modelName, role, ...modelDocument(version) }, () => [
      `the ${role} is version ${version.version}, ${version.algorithm}; back with: tamis models rollback${role === "ranker" ? " --role ranker" : ""}`,
    ]);
  },
});
