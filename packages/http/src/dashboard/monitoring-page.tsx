import type { EnvironmentName } from "@tamis/core";
import type { FC } from "hono/jsx";
import type { Readiness } from "../routes/health.ts";
import { DriftSection } from "./drift-section.tsx";
import type { DriftView } from "./drift-view.ts";
import { Layout } from "./layout.tsx";
import type { Part } from "./part.ts";
import { ServiceSection } from "./service-section.tsx";
import { ServiceState } from "./service-state.tsx";
import type { ServiceView } from "./service-view.ts";
import { Unreadable } from "./unreadable.tsx";

interface MonitoringPageProps {
  readonly drift: Part<DriftView>;
  readonly service: ServiceView;
  readonly readiness: Readiness;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

/** Whether the data are still those the models learnt from, and how the service answers. */
export const MonitoringPage: FC<MonitoringPageProps> = ({ drift, service, readiness, environment, now }) => (
  <Layout title="Drift & service" path="/monitoring" environment={environment}>
    <div class="heading">
      <div>
        <h1>Drift &amp; service</h1>
        <p class="lead">
          Whether the data are still those the models learnt from, and how the service answers.
        </p>
      </div>
      <ServiceState readiness={readiness} />
    </div>
    {drift.value ? <DriftSection view={drift.value} now={now} /> : <Unreadable what="The reports on drift" />}
    <ServiceSection service={service} />
  </Layout>
);
