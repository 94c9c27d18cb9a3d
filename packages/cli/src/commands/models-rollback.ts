import type { ModelRole } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";
import { roleFlag } from "../role-flag.ts";

/** `tamis models rollback`: the version before serves again. */
export const modelsRollback = defineCommand<{ readonly role: ModelRole }>({
  summary: "Give the champion's place back to the version that had it before",
  details: "Done twice, it is undone. A running service follows within seconds.",
  examples: ["tamis models rollback", "tamis models rollback --role ranker --json"],
  flags: { role: roleFlag },
  async run(context, { role }) {
    const { rollBack } = await import("@tamis/ml");
    const { modelCatalog } = await import("@tamis/storage");
    const { records, objects } = await context.tamis();
    const registry = { objects, catalog: modelCatalog(records) };
    const version = await rollBack(registry, modelName, { role, actor: "command line" });
    context.output.result({ model: modelName, role, ...modelDocument(version) }, () => [
      `version ${version.version} (${version.algorithm}) is the ${role} again`,
    ]);
  },
});
