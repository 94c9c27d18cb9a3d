import type { FlagParametersForType } from "@stricli/core";
import type { ServiceFlags, Shell } from "./context.ts";

const text = (input: string) => input;
const setting = (placeholder: string, brief: string) => ({
  kind: "parsed" as const,
  parse: text,
  optional: true as const,
  placeholder,
  brief,
});

/** The settings of the service, as flags; all of them can be set in the environment and in the file, too. */
export const serviceFlags: FlagParametersForType<ServiceFlags, Shell> = {
  port: setting("N", "Port; 0 lets the system choose [default = 8080]"),
  host: setting("ADDRESS", "Address to listen on [default = 127.0.0.1]"),
  rateLimit: setting("N", "Requests a second of one caller; 0: no limit [default = 500, without tokens 0]"),
  rateBurst: setting("N", "Requests at once of one caller [default = twice the rate limit]"),
  corsOrigins: setting("ORIGINS", "Origins whose pages may call the service, with commas [default = none]"),
  trustedProxies: setting("N", "Proxies in front that add to X-Forwarded-For [default = 0]"),
  drainSeconds: setting("N", "Seconds of not being ready before it stops [default = 0]"),
};
