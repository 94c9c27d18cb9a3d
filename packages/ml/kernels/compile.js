// Compiles the kernels (AssemblyScript) to one WebAssembly module and embeds it in src/kernels/wasm-binary.ts.
// Usage: node kernels/compile.js          writes the file
//        node kernels/compile.js --print  prints what it would write
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const folder = fileURLToPath(new URL(".", import.meta.url));
const target = new URL("../src/kernels/wasm-binary.ts", import.meta.url);

let binary;
const { error, stderr } = await asc.main(
  [
    "index.ts",
    "--outFile=kernels.wasm",
    "-O3",
    "--noAssert",
    "--converge",
    "--runtime=stub",
    "--enable=simd",
    "--enable=threads",
    "--enable=bulk-memory",
    "--importMemory",
    "--sharedMemory",
    "--initialMemory=1",
    "--maximumMemory=65536",
    // Static data (the tables of log) stays clear of the control words below and the arrays above: control.ts.
    "--memoryBase=8192",
    "--use=abort=",
  ],
  {
    // A decorator of a function is AssemblyScript, not TypeScript, and stops tools that read this folder: it is
    // written as a comment.
    readFile: (name, base) =>
      readFile(new URL(name, new URL(`${base}/`, `file://${folder}`)), "utf8").then(
        (text) => text.replaceAll(/^\/\/ (?=@inline$)/gm, ""),
        () => null,
      ),
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) binary = contents;
    },
    listFiles: () => [],
  },
);
if (error || !binary) throw new Error(`the kernels do not compile\n${stderr.toString()}`, { cause: error });

const source = `// Generated from kernels/*.ts by \`npm run kernels -w packages/ml\`; do not edit.
export const wasmBinary =
  "${Buffer.from(binary).toString("base64")}";
`;
if (process.argv.includes("--print")) process.stdout.write(source);
else if ((await readFile(target, "utf8").catch(() => "")) !== source) await writeFile(target, source);
