import { defineCommand } from "../define-command.ts";

/** `tamis lake init`: makes the bucket or folder of the objects. */
export const lakeInit = defineCommand({
  summary: "Make the bucket or folder of the objects, and say what it can do",
  details: [
    "A bucket that does not exist is made with versioning, encryption (SSE-S3) and a lifecycle that removes what was",
    "never finished after a day and former versions after 30, as far as the server has them. One that exists is left",
    "as it is. Credentials come from where every AWS client looks: AWS_ACCESS_KEY_ID, a profile, the machine's role.",
  ].join("\n"),
  examples: [
    "tamis lake init",
    "tamis lake init --objects 's3://ratings/lake?endpoint=https://s3.example&region=eu-west-3'",
  ],
  flags: {},
  async run(context) {
    const { initObjects } = await import("@tamis/storage");
    const { ifAbsent, ...report } = await initObjects(context.config.objects);
    context.output.result({ ...report, if_absent: ifAbsent }, () => [
      `${report.created ? "Made" : "Found"} the ${report.kind === "s3" ? "bucket" : "folder"} ${report.place}.`,
      `versioning           ${said(report.versioning)}`,
      `encryption (SSE-S3)  ${report.encryption === "requested" ? "requested; the server does not say whether it does" : report.encryption}`,
      `cleaning             ${said(report.cleaning)}`,
      `conditional writes   ${said(ifAbsent)}`,
    ]);
  },
});

function said(fact: boolean): string {
  return fact ? "on" : "off";
}
