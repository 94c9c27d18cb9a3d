import { defineCommand } from "../define-command.ts";
import { tableLines } from "../table.ts";

/** `tamis token list`: every token there ever was, newest first. */
export const tokenList = defineCommand<Record<never, never>>({
  summary: "List the tokens: name, role, age, last use",
  examples: ["tamis token list", "tamis token list --json"],
  flags: {},
  async run(context) {
    const { listTokens, maxSecretDays } = await import("@tamis/storage");
    const { tokenDocument } = await import("../token-document.ts");
    const { records } = await context.tamis();
    const now = new Date();
    const tokens = (await listTokens(records)).map((token) => tokenDocument(token, now));
    for (const { id, name, status } of tokens) {
      if (status !== "old") continue;
      context.output.warn(
        `Token ${id} (${name}) is older than ${maxSecretDays} days: make a new one, revoke it.`,
      );
    }
    context.output.result({ tokens }, () => {
      if (tokens.length === 0) return ["no token yet; make one with: tamis token create NAME --role ROLE"];
      return tableLines(
        [
          { title: "id" },
          { title: "name" },
          { title: "role" },
          { title: "status" },
          { title: "made (UTC)" },
          { title: "expires" },
          { title: "last used" },
        ],
        tokens.map((token) => [
          token.id,
          token.name,
          token.role,
          token.status,
          minute(token.created_at),
          token.expires_at === null ? "never" : minute(token.expires_at),
          token.last_used_at === null ? "never" : minute(token.last_used_at),
        ]),
      );
    });
  },
});

function minute(instant: string): string {
  return instant.slice(0, 16).replace("T", " ");
}
