import { TamisError } from "@tamis/core";
import { parseFilter } from "./parse-filter.ts";

/**
 * Whether a filter holds of a few texts by name.
 *
 * @throws invalid_input for a filter by another name, or that orders
 */
export function matches(filter: string, facts: Readonly<Record<string, string>>): boolean {
  return parseFilter(filter).every(({ scope, key, comparison, value }) => {
    const fact = /^(?:attributes?)?$/.test(scope) && Object.hasOwn(facts, key) ? facts[key]! : undefined;
    if (fact === undefined || !/^!?=$/.test(comparison)) {
      throw new TamisError(
        "invalid_input",
        `This list is filtered by ${Object.keys(facts).join(", ")} with = and != only, not by ${scope && `${scope}.`}${key} ${comparison}.`,
      );
    }
    return (fact === `${value}`) === (comparison === "=");
  });
}
