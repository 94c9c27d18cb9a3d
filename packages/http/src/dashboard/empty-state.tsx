import type { FC } from "hono/jsx";

interface EmptyStateProps {
  readonly title: string;
  /** Why there is nothing, and what to do. */
  readonly text: string;
  /** The exact commands that change it. */
  readonly commands: readonly string[];
}

/** Says what is missing and shows the commands to run. */
export const EmptyState: FC<EmptyStateProps> = ({ title, text, commands }) => (
  <section class="empty">
    <h2>{title}</h2>
    <p>{text}</p>
    <pre>
      <code>{commands.join("\n")}</code>
    </pre>
  </section>
);
