import { readFile } from "node:fs/promises";
import { type AlertHook, TamisError } from "@tamis/core";
import { z } from "zod";
import { webhook } from "./webhook.ts";

const Settings = z.strictObject({
  url: z.string(),
  shape: z.enum(["json", "slack", "discord"]).optional(),
  on: z.array(z.enum(["failed", "recovered", "finished"])).optional(),
});

/**
 * The {@link webhook} that a file describes: its URL alone, or JSON with `url`, `shape` and `on`. A file, because the
 * URL is a secret: the environment and the list of processes show more than they should.
 *
 * @throws configuration when the file cannot be read or describes none; what is in it appears in no message
 */
export async function webhookFile(path: string): Promise<AlertHook> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new TamisError("configuration", `The webhook file ${path} cannot be read (${error.code}).`, {
      cause: error,
    });
  });
  const { shape, on, url } = settingsOf(text.trim(), path);
  return webhook({ url, ...(shape && { shape }), ...(on && { on }) });
}

function settingsOf(text: string, path: string): z.infer<typeof Settings> {
  if (!text.startsWith("{")) return { url: text };
  try {
    return Settings.parse(JSON.parse(text));
  } catch {
    // The errors of both quote what they read.
    throw new TamisError(
      "configuration",
      `The webhook file ${path} is not understood: give the URL alone, or JSON as {"url":"…","shape":"slack","on":["failed"]}.`,
    );
  }
}
