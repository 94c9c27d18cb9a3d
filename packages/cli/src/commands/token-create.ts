import { type FileHandle, open, rm } from "node:fs/promises";
import { type Role, roles, TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { duration } from "../duration.ts";

interface Flags {
  readonly role: Role;
  /** In seconds; `null`: never. */
  readonly expires: number | null;
  readonly out?: string;
}

/** `tamis token create NAME`: shown once. */
export const tokenCreate = defineCommand<Flags, [name: string]>({
  summary: "Make a token for the service; it is shown once",
  details: [
    "The records keep a hash of it, from which it cannot be had again. A service that runs with tokens takes it within",
    "a second; one that was started without any asks for tokens from its next start on.",
  ].join("\n"),
  examples: [
    "tamis token create lea --role administrator",
    "tamis token create shop --role analyst --expires 30d --out shop.token",
    "tamis token create prometheus --role support --expires never",
  ],
  flags: {
    role: { kind: "enum", values: roles, brief: "What it may do" },
    expires: {
      kind: "parsed",
      parse: (text) => (text === "never" ? null : duration(text)),
      default: "90d",
      placeholder: "TIME",
      brief: "How long it is good for, e.g. 12h or 30d, or never",
    },
    out: {
      kind: "parsed",
      parse: (file) => file,
      optional: true,
      placeholder: "FILE",
      brief: "Write it into this new file, for its owner only, instead of showing it",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "NAME", brief: "What it is for", parse: (name) => name }],
  },
  async run(context, { role, expires, out }, name) {
    const { createToken } = await import("@tamis/storage");
    const { tokenDocument } = await import("../token-document.ts");
    const { records } = await context.tamis();
    const at = new Date();
    const expiresAt = expires === null ? null : new Date(at.getTime() + expires * 1000);
    const file = out === undefined ? undefined : await newPrivateFile(out);
    try {
      const { token, stored } = await createToken(
        records,
        { name, role, expiresAt },
        { actor: "command line", at },
      );
      await file?.writeFile(`${token}\n`);
      const document = tokenDocument(stored, at);
      const until = expiresAt === null ? "it does not expire" : `until ${expiresAt.toISOString()}`;
      context.output.note(`Token ${stored.id} for ${name}, ${role}, ${until}.`);
      if (out !== undefined) {
        context.output.result({ ...document, file: out }, () => [`written to ${out}`]);
      } else {
        context.output.note("It is shown this once:");
        context.output.result({ ...document, token }, () => [token]);
      }
    } catch (error) {
      if (out !== undefined) await rm(out, { force: true });
      throw error;
    } finally {
      await file?.close();
    }
  },
});

/** Makes the file before the token: a token that cannot be kept is not made. */
async function newPrivateFile(path: string): Promise<FileHandle> {
  return await open(path, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    const taken = cause.code === "EEXIST";
    throw new TamisError(
      taken ? "conflict" : "invalid_input",
      taken ? `${path} exists already; name a new file.` : `${path} cannot be written (${cause.code}).`,
      { cause },
    );
  });
}
