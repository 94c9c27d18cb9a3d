export { type App, createApp, maxBodyBytes } from "./app.ts";
export { hashToken, minTokenLength } from "./authenticate.ts";
export { type Jobs, type JobsHealth, type JobsOptions, startJobs } from "./jobs-thread.ts";
export { Problem, type ProblemKind, problemKinds } from "./problem.ts";
export { type Servable, type ServeOptions, type Service, serve } from "./serve.ts";
export type { Actor, AppEnv, Services } from "./services.ts";
