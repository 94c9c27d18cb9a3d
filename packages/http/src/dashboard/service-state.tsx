import type { FC } from "hono/jsx";
import type { Readiness } from "../routes/health.ts";

/** Whether the service can answer, and which part cannot. The page's script asks on and says when it is gone. */
export const ServiceState: FC<{ readiness: Readiness }> = ({ readiness }) => {
  const parts = Object.entries(readiness.checks);
  const broken = parts.filter(([, { status }]) => status === "error" || status === "stale");
  const isReady = readiness.status === "ready" && broken.length === 0;
  return (
    <div class="service-state" data-service-state>
      <p>
        <span class={`status status-${isReady ? "finished" : "failed"}`}>
          {isReady
            ? "Service ready"
            : readiness.status === "ready"
              ? "Service degraded"
              : "Service not ready"}
        </span>
      </p>
      {broken.map(([part, { detail }]) => (
        <p class="note">
          <strong>{part}:</strong> {detail}
        </p>
      ))}
    </div>
  );
};
