/** Who acts, in the audit. */
export const actor = "command line";
