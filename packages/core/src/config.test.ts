import { describe, expect, it } from "vitest";
import { Config, type ConfigSources, environmentVariable, resolveConfig } from "./config.ts";

/** For each setting: its variable, and three values that differ from the default and from each other. */
const settings = {
  dataDir: { variable: "TAMIS_DATA_DIR", values: ["/flag", "/environment", "/file"] },
  records: { variable: "TAMIS_RECORDS_URL", values: ["sqlite:/flag", "sqlite:/environment", "sqlite:/file"] },
  objects: { variable: "TAMIS_OBJECTS_URL", values: ["file:/flag", "file:/environment", "file:/file"] },
  host: { variable: "TAMIS_HOST", values: ["0.0.0.0", "::1", "localhost"] },
  port: { variable: "TAMIS_PORT", values: [1, "2", 3] },
  logLevel: { variable: "TAMIS_LOG_LEVEL", values: ["debug", "warn", "error"] },
  alertWebhookFile: { variable: "TAMIS_ALERT_WEBHOOK_FILE", values: ["/flag", "/environment", "/file"] },
  rateLimit: { variable: "TAMIS_RATE_LIMIT", values: [0, "0.5", 1000] },
  rateBurst: { variable: "TAMIS_RATE_BURST", values: [1, "2", 3] },
  corsOrigins: {
    variable: "TAMIS_CORS_ORIGINS",
    values: [["https://a.example"], "https://b.example, http://localhost:3000", ["https://c.example"]],
  },
  trustedProxies: { variable: "TAMIS_TRUSTED_PROXIES", values: [1, "2", 3] },
  drainSeconds: { variable: "TAMIS_DRAIN_SECONDS", values: [1, "2.5", 3] },
  mlflowUrl: {
    variable: "TAMIS_MLFLOW_URL",
    values: ["http://flag", "https://environment/mlflow", "http://file"],
  },
} as const;
/** What becomes of the texts above that do not stay texts. */
const understood: Readonly<Record<string, unknown>> = {
  "0.5": 0.5,
  "2": 2,
  "2.5": 2.5,
  "https://b.example, http://localhost:3000": ["https://b.example", "http://localhost:3000"],
};
const keys = Object.keys(settings) as (keyof Config)[];

const refusal = (sources: ConfigSources): string => {
  try {
    resolveConfig(sources);
  } catch (error) {
    expect(error).toMatchObject({ code: "configuration" });
    return (error as Error).message;
  }
  throw new Error("The configuration was accepted.");
};

describe("resolveConfig", () => {
  it("has a complete configuration when nothing is given", () => {
    const { config, origins } = resolveConfig({});
    expect(config).toEqual({
      dataDir: "./tamis-data",
      records: "sqlite:./tamis-data/tamis.db",
      objects: "file:./tamis-data/lake",
      host: "127.0.0.1",
      port: 8080,
      logLevel: "info",
      corsOrigins: [],
      trustedProxies: 0,
      drainSeconds: 0,
    });
    expect(Config.parse({})).toEqual(config);
    expect(Object.values(origins)).toEqual(keys.map(() => "default"));
  });

  it("prefers flag to environment to file to default, and says so, for every setting", () => {
    for (const key of keys) {
      const { variable, values } = settings[key];
      const [flag, environment, file] = values;
      const all = {
        flags: { [key]: flag },
        environment: { [variable]: `${environment}` },
        file: { [key]: file },
      };
      const chosen = (sources: ConfigSources) => {
        const { config, origins } = resolveConfig(sources);
        expect(keys.filter((other) => origins[other] !== "default")).toEqual([key]);
        return [origins[key], config[key]];
      };
      expect(environmentVariable(key)).toBe(variable);
      expect(chosen(all)).toEqual(["flag", flag]);
      expect(chosen({ ...all, flags: { [key]: undefined } })).toEqual([
        "environment",
        understood[environment as string] ?? environment,
      ]);
      expect(chosen({ file: all.file })).toEqual(["file", file]);
    }
  });

  it("puts records and objects into the data folder unless told otherwise", () => {
    const { config } = resolveConfig({ flags: { dataDir: "/srv/films", objects: "file:/big/lake" } });
    expect(config).toMatchObject({ records: "sqlite:/srv/films/tamis.db", objects: "file:/big/lake" });
  });

  it("counts an empty environment variable as not set", () => {
    const { config, origins } = resolveConfig({ environment: { TAMIS_PORT: "" }, file: { port: 9000 } });
    expect([config.port, origins.port]).toEqual([9000, "file"]);
  });

  it("takes no URL of MLflow with a password in it, and does not show it", () => {
    for (const url of ["https://ann:geheim@mlflow.example", "file:///geheim", "geheim"]) {
      const message = refusal({ environment: { TAMIS_MLFLOW_URL: url } });
      expect(message).toMatch(/^TAMIS_MLFLOW_URL: must be an http or https URL without a password/);
      expect(message).not.toContain("geheim");
    }
  });

  it("leaves other flags and other TAMIS_ variables alone", () => {
    const sources = {
      flags: { json: true, quiet: false },
      environment: { TAMIS_TEST_DATA: "/data", PATH: "/bin" },
    };
    expect(resolveConfig(sources)).toEqual(resolveConfig({}));
  });

  it("refuses an unknown setting in the file, naming it and the known ones", () => {
    expect(refusal({ file: { datadir: "x" } })).toBe(
      "tamis.config.json: unknown setting “datadir”; settings are: dataDir, records, objects, host, port, logLevel, alertWebhookFile, " +
        "rateLimit, rateBurst, corsOrigins, trustedProxies, drainSeconds, mlflowUrl.",
    );
    expect(refusal({ file: { toString: "x" } })).toContain("unknown setting “toString”");
  });

  it("accepts ports from 0 to 65535 as numbers or digits", () => {
    for (const port of [0, 80, 65_535, "0", "8081"])
      expect(resolveConfig({ flags: { port } }).config.port).toBe(Number(port));
  });

  it("refuses every other port", () => {
    for (const port of [
      -1,
      65_536,
      80.5,
      "65536",
      "0x50",
      "1e3",
      " 80",
      "http",
      "",
      true,
      null,
      [],
      Number.NaN,
    ])
      expect(refusal({ flags: { port } }), String(port)).toMatch(/^--port: /);
  });

  it("names the place of a wrong value as the user wrote it", () => {
    expect(refusal({ flags: { dataDir: "" } })).toMatch(/^--data-dir: /);
    expect(refusal({ environment: { TAMIS_LOG_LEVEL: "loud" } })).toMatch(/^TAMIS_LOG_LEVEL: .*"debug"/);
    expect(refusal({ environment: { TAMIS_PORT: "http" } })).toBe(
      "TAMIS_PORT: a port is a whole number from 0 to 65535.",
    );
    expect(refusal({ file: { records: 7 } })).toMatch(/^tamis\.config\.json: records: /);
  });
});
