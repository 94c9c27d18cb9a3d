import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

/**
 * What is here for machines that we have not: no Docker engine, no Airflow, no cluster runs in these tests. The files are
 * parsed, what they refer to must be there, and every `tamis` command line in them must be one.
 */
const run = promisify(execFile);
const read = (path: string) => fs.readFileSync(join(import.meta.dirname, path), "utf8");
const lacks = (program: string) =>
  !process.env.CI && spawnSync(program, ["--version"]).error ? `: there is no ${program}` : "";

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}
interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: string | readonly string[];
  readonly entrypoint?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

const compose = (name: string) => parse(read(`docker/${name}`), { merge: true }) as Compose;
const files = {
  "compose.yaml": compose("compose.yaml"),
  "compose.scale.yaml": compose("compose.scale.yaml"),
};

describe.each(Object.entries(files))("docker/%s", (_, { services, volumes, secrets }) => {
  it.each(Object.entries(services))("%s refers to what is there", (_name, service) => {
    const needed = service.depends_on ?? [];
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) {
      expect(services).toHaveProperty(other);
    }
    for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret);
    for (const volume of service.volumes ?? []) {
      const [from = ""] = volume.split(":");
      if (from.startsWith(".")) expect(fs.existsSync(join(import.meta.dirname, "docker", from))).toBe(true);
      else expect(volumes).toHaveProperty(from);
    }
    if (service.build) {
      const context = join(import.meta.dirname, "docker", service.build.context);
      expect(fs.existsSync(join(context, service.build.dockerfile))).toBe(true);
    } else expect(service.image).toMatch(/:[\w.]*\d/);
  });

  it("holds no secret, only where secrets are", () => {
    for (const { environment = {} } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|TOKEN|KEY/.test(name)) expect(value).toMatch(/^\/run\/secrets\//);
        expect(value).not.toMatch(/:\/\/[^/@]*:[^/@]*@/);
      }
    }
  });
});

it("docker/make-secrets.sh draws every secret that the compose files name, and never twice", async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), "tamis-secrets-"));
  fs.copyFileSync(join(import.meta.dirname, "docker/make-secrets.sh"), join(folder, "make-secrets.sh"));
  const draw = () => run("sh", [join(folder, "make-secrets.sh")]);
  await draw();
  const drawn = (path: string) => fs.readFileSync(join(folder, path), "utf8");
  const named = Object.values(files).flatMap(({ secrets, services }) => [
    ...Object.values(secrets).map(({ file }) => file),
    ...Object.values(services).flatMap(({ env_file = [] }) => env_file),
  ]);
  const before = named.map(drawn);
  await draw();
  expect(named.map(drawn)).toEqual(before);
  expect(drawn("secrets/tamis_tokens")).toMatch(/^[0-9a-f]{64}\n$/);
  const { identities } = JSON.parse(drawn("secrets/s3.json"));
  expect(drawn("secrets/s3.env")).toContain(identities[0].credentials[0].secretKey);
  fs.rmSync(folder, { recursive: true });
});

it("docker/Dockerfile ends as nobody special, with a health check, on a named version", () => {
  const lines = read("docker/Dockerfile").split("\n");
  expect(lines.filter((line) => line.startsWith("USER ")).at(-1)).toBe("USER node");
  expect(lines.some((line) => line.startsWith("HEALTHCHECK "))).toBe(true);
  for (const [, image] of lines.join("\n").matchAll(/^FROM (\S+)/gm))
    expect(image).toMatch(/^node:\d+-\w+-slim$/);
});

describe("kubernetes/tamis.yaml", () => {
  const objects = parseAllDocuments(read("kubernetes/tamis.yaml")).map((document) => document.toJS());
  const deployment = objects.find(({ kind }) => kind === "Deployment");
  const pod = deployment.spec.template.spec;

  it("runs one unprivileged container on a read-only root", () => {
    expect(objects.map(({ kind }) => kind)).toEqual(["PersistentVolumeClaim", "Deployment", "Service"]);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
  });

  it("asks the health routes that the service has, and mounts what it declares", () => {
    const { paths } = JSON.parse(read("../packages/http/openapi.json"));
    const [container] = pod.containers;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path]),
    );
    const declared = pod.volumes.map(({ name }: { name: string }) => name).sort();
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
    expect(mounted).toEqual(declared);
  });
});

describe("command lines", () => {
  const [docker, kubernetes] = [read("docker/Dockerfile"), read("kubernetes/tamis.yaml")];
  const lists = [...`${docker}\n${kubernetes}`.matchAll(/^(?:CMD| *args:) (\[.*\])$/gm)].map(
    ([, list]) => JSON.parse(list!) as string[],
  );
  const composed = Object.values(files).flatMap(({ services }) =>
    Object.values(services)
      .filter(({ build }) => build)
      .flatMap(({ command, entrypoint }) => [
        ...(Array.isArray(command) ? [command] : []),
        ...(entrypoint?.at(-1)?.split("&&") ?? []).map((line) => line.trim().split(" ").slice(1)),
      ]),
  );
  const units = [...read("systemd/tamis.service").matchAll(/^ExecStart=\/usr\/bin\/env tamis (.*)$/gm)];
  const all = [...lists, ...composed, ...units.map(([, line]) => line!.split(" "))];

  it.each(all.map((words) => [words.join(" "), words] as const))("tamis %s", async (_, words) => {
    const flags = words.filter((word) => word.startsWith("--"));
    const command = words.slice(0, words.findIndex((word) => word.startsWith("-")) >>> 0);
    const { stdout } = await run(process.execPath, [
      "--conditions=@tamis/source",
      "--import",
      "tsx",
      resolve(import.meta.dirname, "../packages/cli/src/main.ts"),
      ...command,
      "--help",
    ]);
    expect(stdout).toContain(`tamis ${command.join(" ")}`);
    for (const flag of flags) expect(stdout).toContain(flag.replace("--no-", "--"));
  });
});

const noSystemd = lacks("systemd-analyze");
it.skipIf(noSystemd)(`systemd units are understood by systemd${noSystemd}`, async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), "tamis-units-"));
  const units = fs.readdirSync(join(import.meta.dirname, "systemd"));
  for (const unit of units) {
    // It looks for the programs, which are not installed here.
    const text = read(`systemd/${unit}`).replace("/usr/lib/tamis/daily.sh", "/bin/true");
    fs.writeFileSync(join(folder, unit), text);
  }
  const { stdout, stderr } = await run("systemd-analyze", [
    "verify",
    ...units.map((unit) => join(folder, unit)),
  ]);
  expect(stdout + stderr).toBe("");
  fs.rmSync(folder, { recursive: true });
});

const noPython = lacks("python3");
it.skipIf(noPython)(`the DAG is Python, with the schedule of the original${noPython}`, async () => {
  const program = `
import ast, json, sys
tree = ast.parse(open(sys.argv[1]).read())
calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
def literal(node):
    try: return ast.literal_eval(node)
    except ValueError: return ast.unparse(node)
print(json.dumps([[call.func.id, {word.arg: literal(word.value) for word in call.keywords}] for call in calls]))`;
  const dag = join(import.meta.dirname, "airflow/movie_reco_training_pipeline.py");
  const { stdout } = await run("python3", ["-c", program, dag]);
  const calls = JSON.parse(stdout) as [string, Record<string, unknown>][];
  expect(calls).toContainEqual([
    "DAG",
    expect.objectContaining({
      dag_id: "movie_reco_training_pipeline",
      schedule: "0 2 * * *",
      start_date: "datetime(2024, 1, 1)",
      catchup: false,
      tags: ["mlops", "reco"],
    }),
  ]);
  const asked = calls.filter(([, { endpoint }]) => endpoint !== undefined);
  expect(asked.map(([, { endpoint }]) => endpoint)).toEqual(
    expect.arrayContaining(["/health", "/generate-ratings/", "/training/", "/training/status"]),
  );
  expect(asked.find(([, { endpoint }]) => endpoint === "/health")?.[1]).toMatchObject({
    poke_interval: 30,
    timeout: 120,
  });
});
