import { createEnvironment } from "@tamis/core";
import { createApp, serve, startJobs } from "@tamis/http";
import { readHost, type Tamis } from "@tamis/storage";

export interface FilmsService {
  readonly url: string;
  close(): Promise<void>;
}

/** The API, its pages, and the thread that trains. Answers to this machine only: it has no tokens. */
export async function startFilmsService(tamis: Tamis, port: number): Promise<FilmsService> {
  const jobs = startJobs({ stores: { dataDir: tamis.dataDir } });
  const environment = createEnvironment(readHost).name();
  const app = createApp({ tamis, environment, jobs, savePredictions: true });
  const service = await serve(app, { port });
  return {
    url: service.url,
    async close() {
      await service.close();
      await app.close();
      await jobs.stop();
    },
  };
}
