import { defineCommand } from "../define-command.ts";

/** `tamis token revoke ID`: nobody comes in with it any more. */
export const tokenRevoke = defineCommand<Record<never, never>, [id: string]>({
  summary: "Refuse a token from now on, and the browsers that signed in with it",
  details: "A service that runs refuses it within a second. Its line in the list stays.",
  examples: ["tamis token revoke 4f9c2a1b03de"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "ID", brief: "Id of the token, the part after tms_", parse: (id) => id }],
  },
  async run(context, _flags, id) {
    const { revokeToken } = await import("@tamis/storage");
    const { tokenDocument } = await import("../token-document.ts");
    const { records } = await context.tamis();
    const revoked = await revokeToken(records, id, { actor: "command line" });
    context.output.result(tokenDocument(revoked, new Date()), () => [
      `token ${id} (${revoked.name}) is refused since ${revoked.revokedAt?.toISOString()}`,
    ]);
  },
});
