// The background effect's files: its two programs, the library with its models as npm has them, and the pictures.
// They lie in a folder of their own, since nothing of them is loaded before a background is chosen.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { base } from "./base.mjs";

/** What the library asks for by `fetch`; the worker checks each against its SHA-256. */
const FETCHED = [
  "selfie_segmentation.binarypb",
  "selfie_segmentation.tflite",
  "selfie_segmentation_landscape.tflite",
  "selfie_segmentation_solution_simd_wasm_bin.wasm",
];
const SCRIPTS = ["selfie_segmentation.js", "selfie_segmentation_solution_simd_wasm_bin.js"];

/** Builds into `out`assets/background/ and returns the names of all files, from `out` on. */
export async function buildBackground(root, out) {
  const folder = `${out}assets/background/`;
  const library = `${root}node_modules/@mediapipe/selfie_segmentation/`;
  const pictures = `${root}backgrounds/`;
  await mkdir(folder, { recursive: true });
  const shipped = {};
  const names = [];
  for (const name of FETCHED) {
    const bytes = await readFile(library + name);
    shipped[name] = createHash("sha256").update(bytes).digest("hex");
    // Packed here, once: the server need not do it for 6 MB at each start.
    const packed = name.endsWith(".wasm");
    const file = packed ? `${name}.gz` : name;
    await writeFile(folder + file, packed ? gzipSync(bytes, { level: 9 }) : bytes);
    names.push(file);
  }
  for (const name of SCRIPTS) {
    await copyFile(library + name, folder + name);
    names.push(name);
  }
  for (const name of (await readdir(pictures)).filter((one) => one.endsWith(".jpg"))) {
    await copyFile(pictures + name, folder + name);
    names.push(name);
  }
  const { version } = JSON.parse(await readFile(`${library}package.json`, "utf8"));
  const define = {
    ...base.define,
    __SHIPPED__: JSON.stringify(shipped),
    __VERSION__: JSON.stringify(version),
  };
  for (const [program, format] of [
    ["effect", "es"],
    ["worker", "iife"],
  ]) {
    await build({
      ...base,
      root,
      logLevel: "warn",
      define,
      build: {
        ...base.build,
        outDir: out,
        emptyOutDir: false,
        rolldownOptions: {
          input: `${root}src/call/background/${program}.ts`,
          preserveEntrySignatures: "strict",
          output: {
            format,
            codeSplitting: false,
            entryFileNames: `assets/background/${program}.js`,
          },
        },
      },
    });
    names.push(`${program}.js`);
  }
  return names.map((name) => `assets/background/${name}`);
}
