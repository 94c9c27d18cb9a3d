import { once } from "node:events";
import { parseArgs } from "node:util";
import { openTamis } from "@tamis/storage";
import { startFilmsService } from "./films-service.ts";
import { firstStart } from "./first-start.ts";
import { manualTraining } from "./manual-training.ts";
import { predictions } from "./prediction.ts";
import { filmsReport } from "./report.ts";
import { scheduledTraining } from "./scheduled-training.ts";
import { trainingSettings } from "./settings.ts";
import { watching } from "./watching.ts";

/**
 * The four scenarios of the films system, on generated ratings or on a MovieLens folder:
 *
 *     npm start -w examples/films -- [FOLDER] [--data-dir DIR] [--port N] [--serve]
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "data-dir": { type: "string", default: "tamis-films" },
    port: { type: "string", default: "8080" },
    serve: { type: "boolean", default: false },
  },
});

const tamis = await openTamis({ dataDir: values["data-dir"] });
const start = await firstStart(tamis, positionals[0]);
const settings = trainingSettings(start.ratings);
const service = await startFilmsService(tamis, Number(values.port));
try {
  const manual = await manualTraining(service.url, settings);
  const predicted = await predictions(service.url);
  const scheduled = await scheduledTraining(tamis, settings);
  const watched = await watching(service.url);
  process.stdout.write(filmsReport({ start, manual, predicted, scheduled, watched }));
  if (values.serve) {
    process.stdout.write(`\nServing on ${service.url} until Ctrl-C\n`);
    await once(process, "SIGINT");
  }
} finally {
  await service.close();
  await tamis.close();
}
