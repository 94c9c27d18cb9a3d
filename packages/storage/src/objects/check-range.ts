import { type GetOptions, TamisError } from "@tamis/core";

/** @throws invalid_input unless the range is absent or two whole numbers */
export function checkRange({ range }: { readonly range?: GetOptions["range"] | undefined }): void {
  if (
    range === undefined ||
    [range.start, range.length].every((part) => Number.isSafeInteger(part) && part >= 0)
  )
    return;
  throw new TamisError(
    "invalid_input",
    `The range ${range.start}+${range.length} is not two whole numbers of 0 or more.`,
  );
}
