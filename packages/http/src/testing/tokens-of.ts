import { type Role, roles } from "@tamis/core";
import { createToken, type Tamis } from "@tamis/storage";

/** A token of each role. */
export async function tokensOf({ records }: Tamis): Promise<Readonly<Record<Role, string>>> {
  const made = await Promise.all(
    roles.map(async (role) => {
      const { token } = await createToken(records, { name: `the ${role}`, role }, { actor: "test" });
      return [role, token] as const;
    }),
  );
  return Object.fromEntries(made) as Record<Role, string>;
}
