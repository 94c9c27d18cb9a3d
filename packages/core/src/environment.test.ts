import { describe, expect, it } from "vitest";
import { createEnvironment, detectEnvironment, type HostFacts } from "./environment.ts";

const name = (host: HostFacts) => detectEnvironment(host).name;

describe("detectEnvironment", () => {
  it("lets APP_ENV decide, in any case, before the path (K-01)", () => {
    expect(name({ appEnv: "PrEpRoD", cwd: "/srv" })).toBe("PREPROD");
    expect(name({ appEnv: "PROD", cwd: "/srv" })).toBe("PROD");
    expect(name({ appEnv: " local ", cwd: "/srv/20_prod" })).toBe("LOCAL");
    expect(detectEnvironment({ appEnv: "prod", cwd: "/srv/10_preprod/app" })).toEqual({
      name: "PROD",
      decidedBy: "APP_ENV",
    });
  });

  it("reads the path when APP_ENV is not set or blank (K-01)", () => {
    for (const appEnv of [undefined, "", "  "]) {
      expect(name({ appEnv, cwd: "/srv/10_preprod/app" })).toBe("PREPROD");
      expect(name({ appEnv, cwd: "/srv/20_prod" })).toBe("PROD");
      expect(name({ appEnv, cwd: "C:\\apps\\20_prod\\kitchen" })).toBe("PROD");
      expect(detectEnvironment({ appEnv, cwd: "/home/me" })).toEqual({ name: "LOCAL", decidedBy: "default" });
    }
  });

  it("takes whole path segments only, and the deepest", () => {
    expect(name({ cwd: "/srv/20_production/120_prod/20_prod.old" })).toBe("LOCAL");
    expect(name({ cwd: "/20_prod/10_preprod/x" })).toBe("PREPROD");
    expect(name({ cwd: "/10_preprod/20_prod/x" })).toBe("PROD");
  });

  it("ignores an unknown APP_ENV with a warning and goes on to the path (K-03)", () => {
    expect(detectEnvironment({ appEnv: "staging", cwd: "/srv" })).toEqual({
      name: "LOCAL",
      decidedBy: "default",
      warning: "APP_ENV=staging is not prod, preprod or local; it was ignored.",
    });
    expect(detectEnvironment({ appEnv: "staging", cwd: "/srv/20_prod" })).toMatchObject({
      name: "PROD",
      decidedBy: "path",
      warning: expect.stringContaining("staging"),
    });
  });
});

describe("createEnvironment", () => {
  it("looks once, remembers, and looks again after a reset (K-02)", () => {
    let host: HostFacts = { appEnv: "prod", cwd: "/" };
    let looks = 0;
    const environment = createEnvironment(() => {
      looks++;
      return host;
    });
    expect(looks).toBe(0);
    expect(environment.name()).toBe("PROD");
    host = { appEnv: "preprod", cwd: "/" };
    expect(environment.name()).toBe("PROD");
    expect(environment.detected().decidedBy).toBe("APP_ENV");
    expect(looks).toBe(1);
    environment.reset();
    expect(environment.name()).toBe("PREPROD");
    expect(looks).toBe(2);
  });
});
