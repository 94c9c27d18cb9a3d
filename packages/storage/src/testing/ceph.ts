import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

/** A real S3 server with everything in memory: Ceph's object gateway over one monitor and one OSD. */
export interface Ceph {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Kills the gateway: connections break, new ones are refused. What is stored stays. */
  stopGateway(): Promise<void>;
  /** Starts it again at the same address. */
  startGateway(): Promise<void>;
  /** Kills everything; what was stored is gone. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const credentials = { accessKeyId: "testaccess", secretAccessKey: "testsecret" };

/** Programs of the Debian packages `radosgw ceph-mon ceph-osd ceph-common`, and `setpriv` of util-linux. */
const programs = ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool", "setpriv"];

/** Why no server can be started on this machine, `undefined` when one can. */
export async function whyNoCeph(): Promise<string | undefined> {
  for (const program of programs) {
    const found = await run("sh", ["-c", `command -v ${program}`]).catch(() => undefined);
    if (!found) return `${program} is not installed (Debian: radosgw ceph-mon ceph-osd ceph-common)`;
  }
  return undefined;
}

/** Starts a server in an empty folder, on free ports of loopback. It dies with this process, even a killed one. */
export async function startCeph(folder: string): Promise<Ceph> {
  const [monitorPort, port] = [await freePort(), await freePort()];
  const configuration = join(folder, "ceph.conf");
  for (const name of ["mon", "osd", "rgw", "run"]) await mkdir(join(folder, name));
  const fsid = randomUUID();
  await writeFile(configuration, settings(folder, fsid, monitorPort, port));
  const conf = ["-c", configuration];
  const daemons = new Map<string, ChildProcess>();
  const start = (name: string, program: string, flags: readonly string[]) =>
    daemons.set(name, startDaemon(join(folder, `${name}.log`), program, [...conf, "-f", ...flags]));
  const startGateway = async () => {
    start("gateway", "radosgw", ["-n", "client.rgw.a"]);
    await waitFor("the gateway", () => isListening(port), daemons.get("gateway")!);
  };
  const stopAll = async () => {
    for (const daemon of [...daemons.values()].reverse()) await kill(daemon);
  };
  try {
    const map = join(folder, "monmap");
    const address = `[v2:127.0.0.1:${monitorPort}/0]`;
    await run("monmaptool", ["--create", "--clobber", "--fsid", fsid, "--addv", "a", address, map]);
    await run("ceph-mon", [...conf, "--mkfs", "-i", "a", "--monmap", map]);
    start("monitor", "ceph-mon", ["-i", "a"]);
    const answers = () =>
      run("ceph", [...conf, "--connect-timeout", "2", "mon", "stat"]).then(Boolean, () => false);
    await waitFor("the monitor", answers, daemons.get("monitor")!);
    const osd = randomUUID();
    await run("ceph", [...conf, "osd", "new", osd]);
    await run("ceph-osd", [...conf, "-i", "0", "--mkfs", "--osd-uuid", osd]);
    start("osd", "ceph-osd", ["-i", "0"]);
    await startGateway();
    const keys = ["--access-key", credentials.accessKeyId, "--secret-key", credentials.secretAccessKey];
    await run("radosgw-admin", [...conf, "user", "create", "--uid=test", "--display-name=test", ...keys]);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...credentials,
    stopGateway: () => kill(daemons.get("gateway")!),
    startGateway,
    stop: stopAll,
  };
}

function startDaemon(log: string, program: string, flags: readonly string[]): ChildProcess {
  const output = openSync(log, "a");
  const command = ["--pdeathsig", "KILL", "--", program, ...flags];
  const daemon = spawn("setpriv", command, { stdio: ["ignore", output, output] });
  closeSync(output);
  return daemon;
}

async function kill(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  daemon.kill("SIGKILL");
  await once(daemon, "exit");
}

async function waitFor(what: string, ready: () => Promise<boolean>, daemon: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await ready()) return;
    if (daemon.exitCode !== null)
      throw new Error(`${what} of the S3 server ended: ${daemon.spawnargs.join(" ")}`);
    await wait(50);
  }
  throw new Error(`${what} of the S3 server did not answer in time`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.destroy() && resolve(true));
    socket.once("error", () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/**
 * Without `cephx`, radosgw hangs unless every messenger is in mode `crc`; `tcp_nodelay` makes small reads 40 times
 * faster; the short Paxos interval halves the first start.
 */
function settings(folder: string, fsid: string, monitorPort: number, port: number): string {
  const quiet = ["ms", "osd", "mon", "paxos", "rgw", "objecter", "rados", "auth", "monc", "rocksdb"];
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitorPort}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
ms client mode = crc
ms service mode = crc
ms cluster mode = crc
run dir = ${folder}/run
admin socket =
crash dir = ${folder}/run
log file =
mon data = ${folder}/mon
mon cluster log file = ${folder}/mon.log
mon allow pool size one = true
mon max pg per osd = 2000
paxos propose interval = 0.05
paxos min wait = 0.01
osd data = ${folder}/osd
osd objectstore = memstore
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
osd max object name len = 1024
memstore device bytes = 8589934592
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw enable usage log = false
rgw crypt require ssl = false
rgw dns name = localhost
${quiet.map((name) => `debug ${name} = 0/0`).join("\n")}
`;
}
