/** Who a caller may be. Each row of the matrix below is one of them. */
export const roles = ["administrator", "engineer", "analyst", "support"] as const;
export type Role = (typeof roles)[number];

/**
 * What may be done, as noun:verb, and which roles may, beside the administrator, who may do all of it.
 *
 * An engineer runs things. An analyst reads figures and lists: no rows of a person, no logs, nothing that changes.
 * Support reads how the service fares: runs, logs, indicators, and no data.
 */
const matrix = {
  "stats:read": ["engineer", "analyst", "support"],
  "items:read": ["engineer", "analyst"],
  "recommendations:read": ["engineer", "analyst"],
  "ratings:read": ["engineer"], // what one person rated
  "ratings:write": ["engineer"],
  "rejects:read": ["engineer"], // refused rows, as they were
  "training:read": ["engineer", "analyst", "support"],
  "training:start": ["engineer"],
  "training:cancel": ["engineer"],
  "runs:read": ["engineer", "analyst", "support"],
  "runs:write": ["engineer"],
  "logs:read": ["engineer", "support"], // logs and files of runs
  "models:read": ["engineer", "analyst", "support"],
  "models:promote": ["engineer"],
  "monitoring:read": ["engineer", "analyst", "support"],
  "monitoring:write": ["engineer"],
  "metrics:read": ["engineer", "support"],
  "contract:read": ["engineer", "analyst", "support"], // the OpenAPI document
  "audit:read": [],
  "tokens:manage": [],
} as const satisfies Readonly<Record<`${string}:${string}`, readonly Exclude<Role, "administrator">[]>>;

/** One of {@link actions}. */
export type Action = keyof typeof matrix;

/** Every action there is; a closed list. */
export const actions = Object.keys(matrix) as readonly Action[];

/** Whether a role may do something. What is not in the matrix, role or action, may not. */
export function can(role: Role, action: Action): boolean {
  const others: readonly Role[] | undefined = Object.hasOwn(matrix, action) ? matrix[action] : undefined;
  return others !== undefined && (role === "administrator" || others.includes(role));
}
