import type { ModelRole } from "@tamis/core";
import { actor } from "../actor.ts";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";
import { roleFlag } from "../role-flag.ts";

interface Flags {
  readonly role: ModelRole;
}

/** `tamis models rollback`: give the role back to the version that had it before. */
export const modelsRollback = defineCommand<Flags>({
  summary: "Give the role back to the version that had it before",
  details: [
    "The champion and the version before change places; a second time is back again. The audit keeps who did it.",
    "Exit code 4: there is no version before; 6: its file is missing.",
  ].join("\n"),
  examples: ["tamis models rollback", "tamis models rollback --role ranker --json"],
  flags: { role: roleFlag },
  async run(context, { role }) {
    const { rollBack } = await import("@tamis/ml");
    const { modelCatalog } = await import("@tamis/storage");
    const { records, objects } = await context.tamis();
    const registry = { objects, catalog: modelCatalog(records) };
    const version = await rollBack(registry, modelName, { role, actor });
    context.output.result({ model: modelName, role, ...modelDocument(version) }, () => [
      `the ${role} is version ${version.version} again, ${version.algorithm}`,
    ]);
  },
});
