import {
  type Aliases,
  type BaseArgs,
  type BaseFlags,
  buildCommand,
  type Command,
  type FlagParametersForType,
  type TypedPositionalParameters,
} from "@stricli/core";
import { type Context, type GlobalFlags, type Shell, withContext } from "./context.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { globalFlags } from "./global-flags.ts";
import { reportFailure } from "./report-failure.ts";

export interface CommandDefinition<Flags extends object, Args extends BaseArgs> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` adds to the summary. */
  readonly details?: string;
  /** Complete command lines for `--help`. */
  readonly examples: readonly string[];
  readonly flags: FlagParametersForType<Flags, Shell>;
  readonly aliases?: Aliases<keyof Flags & string>;
  readonly positional?: TypedPositionalParameters<Args, Shell>;
  /** When given, Ctrl-C aborts `context.signal` instead of ending the process, and this is said. */
  readonly whenInterrupted?: string;
  /** Changes the global flags before the configuration is settled. */
  readonly globals?: (given: GlobalFlags) => GlobalFlags;
  run(context: Context, flags: Flags, ...args: Args): Promise<void>;
}

/**
 * A command of Tamis: its own flags plus the global ones, run in a {@link Context}. The only file that knows
 * how Stricli wants a command.
 */
export function defineCommand<Flags extends object, Args extends BaseArgs = []>(
  definition: CommandDefinition<Flags, Args>,
): Command<Shell> {
  const { summary, details, examples } = definition;
  const parameters = {
    // No prototype: “--constructor” must be an unknown flag.
    flags: Object.assign(Object.create(null), definition.flags, globalFlags),
    ...(definition.aliases && { aliases: definition.aliases }),
    ...(definition.positional && { positional: definition.positional }),
  };
  return buildCommand<BaseFlags, BaseArgs, Shell>({
    parameters: parameters as never, // the two halves were checked against `Flags` and `GlobalFlags`
    docs: {
      brief: summary,
      fullDescription: [details ?? summary, "", "EXAMPLES", ...examples.map((line) => `  ${line}`)].join(
        "\n",
      ),
    },
    async func(this: Shell, flags: BaseFlags, ...args: BaseArgs) {
      const given = flags as Flags & GlobalFlags;
      const { globals, whenInterrupted } = definition;
      const options = { flags: globals?.(given) ?? given, whenInterrupted };
      try {
        await withContext(this, options, (context) =>
          definition.run(context, given, ...(args as unknown as Args)),
        );
      } catch (error) {
        reportFailure(error, this.process.stderr, {
          json: given.json ?? false,
          debug: given.logLevel === "debug",
        });
        this.process.exitCode ??= exitCodeOf(error);
      }
    },
  });
}
