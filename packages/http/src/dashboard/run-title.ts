import type { Run } from "@tamis/storage";

/** What a run is called in a list: the models it compared, else its name. */
export function runTitle({ name, parameters }: Run): string {
  return String(parameters.models ?? name).replaceAll(",", ", ");
}
