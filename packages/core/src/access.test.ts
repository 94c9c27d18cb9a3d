import { expect, it } from "vitest";
import { type Action, actions, can, type Role, roles } from "./access.ts";

/** The whole matrix, cell by cell: A administrator, E engineer, N analyst, S support; a dot is a no. */
const expected: Readonly<Record<Action, string>> = {
  "stats:read": "AENS",
  "items:read": "AEN.",
  "recommendations:read": "AEN.",
  "ratings:read": "AE..",
  "ratings:write": "AE..",
  "rejects:read": "AE..",
  "training:read": "AENS",
  "training:start": "AE..",
  "training:cancel": "AE..",
  "runs:read": "AENS",
  "runs:write": "AE..",
  "logs:read": "AE.S",
  "models:read": "AENS",
  "models:promote": "AE..",
  "monitoring:read": "AENS",
  "monitoring:write": "AE..",
  "metrics:read": "AE.S",
  "contract:read": "AENS",
  "audit:read": "A...",
  "tokens:manage": "A...",
};
const letters: Readonly<Record<Role, string>> = {
  administrator: "A",
  engineer: "E",
  analyst: "N",
  support: "S",
};

it.each(actions)("%s", (action) => {
  const cells = roles.map((role) => (can(role, action) ? letters[role] : "."));
  expect(cells.join("")).toBe(expected[action]);
});

it("has no action that is not in this test", () => {
  expect([...actions].sort()).toEqual(Object.keys(expected).sort());
});

it("denies what it does not know", () => {
  for (const action of ["", "stats:write", "constructor", "__proto__", "stats:read "]) {
    for (const role of roles) expect(can(role, action as Action), `${role} ${action}`).toBe(false);
  }
  for (const role of ["", "root", "Administrator", "administrator "]) {
    for (const action of actions) expect(can(role as Role, action), `${role} ${action}`).toBe(false);
  }
});
