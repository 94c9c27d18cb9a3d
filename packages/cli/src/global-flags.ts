import type { FlagParametersForType } from "@stricli/core";
import { logLevels } from "@tamis/core";
import type { GlobalFlags, Shell } from "./context.ts";

const text = (input: string) => input;

/** The flags of every command: where the data is, and how to speak. */
export const globalFlags: FlagParametersForType<GlobalFlags, Shell> = {
  dataDir: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "DIR",
    brief: "Folder of the data [default = ./tamis-data]",
  },
  records: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "URL",
    brief: "Records database [default = sqlite:DIR/tamis.db]",
  },
  objects: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "URL",
    brief: "Object store [default = file:DIR/lake]",
  },
  logLevel: {
    kind: "enum",
    values: logLevels,
    optional: true,
    brief: "Least severe log record shown on stderr [default = info]",
  },
  json: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "Print the result as one JSON document",
  },
  quiet: {
    kind: "boolean",
    optional: true,
    withNegated: false,
    brief: "No progress on stderr",
  },
};

/** The global flags that are followed by a value, as they are typed. */
export const globalFlagsWithValue = ["--data-dir", "--records", "--objects", "--log-level"];

/** The global flags that stand alone. */
export const globalSwitches = ["--json", "--quiet"];
