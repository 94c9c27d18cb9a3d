import type { EnvironmentName } from "@tamis/core";
import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Problem } from "../problem.ts";
import type { AppEnv } from "../services.ts";
import { answerPage, Layout } from "./layout.tsx";

/** A problem document for a reader. */
const ProblemPage: FC<{ problem: Problem; environment: EnvironmentName }> = ({ problem, environment }) => (
  <Layout title={problem.title} environment={environment}>
    <div>
      <h1>{problem.title}</h1>
      <p class="lead">{problem.detail}</p>
    </div>
    <p class="note">
      Status {problem.status}, request id <code>{problem.instance}</code>.{" "}
      <a href="/">Back to the overview</a>
    </p>
  </Layout>
);

/** Answers with {@link ProblemPage}. */
export function answerProblemPage(
  context: Context<AppEnv>,
  problem: Problem,
  environment: EnvironmentName,
): Promise<Response> {
  const status = problem.status as ContentfulStatusCode;
  return answerPage(context, <ProblemPage problem={problem} environment={environment} />, status);
}
