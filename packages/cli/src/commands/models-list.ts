import type { ModelRole } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { modelDocument, modelName } from "../model-document.ts";
import { tableLines } from "../table.ts";

/** `tamis models list`: the versions, newest first. */
export const modelsList = defineCommand<Record<never, never>>({
  summary: "List the trained versions, newest first",
  examples: ["tamis models list", "tamis models list --json"],
  flags: {},
  async run(context) {
    const { modelCatalog } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const versions = await modelCatalog(records).list(modelName);
    const holder = (role: ModelRole) =>
      versions.find(({ aliases }) => aliases.includes(role))?.version ?? null;
    const [champion, ranker] = [holder("champion"), holder("ranker")];
    const document = { model: modelName, champion, ranker, versions: versions.map(modelDocument) };
    context.output.result(document, () => {
      if (versions.length === 0) return ["no model yet; train one with: tamis train"];
      return tableLines(
        [
          { title: "version", align: "right" },
          { title: "alias" },
          { title: "algorithm" },
          { title: "RMSE", align: "right" },
          { title: "MAE", align: "right" },
          { title: "NDCG@10", align: "right" },
          { title: "snapshot" },
          { title: "trained at (UTC)" },
        ],
        versions.map((version) => [
          version.version,
          version.aliases.join(" "),
          version.algorithm,
          version.metrics.rmse?.toFixed(4) ?? "",
          version.metrics.mae?.toFixed(4) ?? "",
          version.metrics.ndcg?.toFixed(4) ?? "",
          version.snapshot.slice(0, 12),
          version.createdAt.toISOString().slice(0, 19).replace("T", " "),
        ]),
      );
    });
  },
});
