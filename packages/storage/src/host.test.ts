import { detectEnvironment } from "@tamis/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readHost } from "./host.ts";

afterEach(() => vi.unstubAllEnvs());

describe("readHost", () => {
  it("reads what decides the environment", () => {
    vi.stubEnv("APP_ENV", "PrEpRoD");
    expect(detectEnvironment(readHost())).toEqual({ name: "PREPROD", decidedBy: "APP_ENV" });
    expect(readHost().cwd).toBe(process.cwd());
  });

  it("reads the variables as they are now, and gives a copy", () => {
    vi.stubEnv("TAMIS_PORT", "1234");
    const host = readHost();
    vi.stubEnv("TAMIS_PORT", "5678");
    expect(host.variables.TAMIS_PORT).toBe("1234");
    expect(readHost().variables.TAMIS_PORT).toBe("5678");
  });

  it("names the machine in plain facts", () => {
    const { machine } = readHost();
    expect(machine.node).toBe(process.version);
    expect(machine.cpus).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(JSON.stringify(machine))).toEqual(machine);
  });
});
