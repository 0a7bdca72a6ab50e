// Builds the widgets' modules (one file each), the offline replay, and the join page (two files, and parts that load
// later) into the Python package, and weighs them.
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { buildBackground } from "./background.mjs";
import { base } from "./base.mjs";

const BUDGET_BYTES = 70 * 1024;
const root = fileURLToPath(new URL("..", import.meta.url));
const target = fileURLToPath(new URL("../../telehealth_widget/static/", import.meta.url));
/** Built aside and copied when complete: a running server never meets half a front end. */
const out = `${root}dist/`;

const parts = [
  // anywidget imports the text of one file, so nothing can lie beside it.
  { entry: "src/shells/widget.tsx", script: "widget.js", style: "widget.css", lazy: false },
  { entry: "src/shells/join.tsx", script: "assets/join.js", style: "assets/join.css", lazy: true },
  { entry: "src/shells/replay.tsx", script: "replay.js", style: "replay.css", lazy: false },
  // Stands in one HTML file, so nothing can lie beside it either.
  { entry: "src/shells/offline.tsx", script: "offline.js", style: "offline.css", lazy: false },
];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const { entry, script, style, lazy } of parts) {
  await build({
    ...base,
    root,
    logLevel: "warn",
    build: {
      ...base.build,
      outDir: out,
      emptyOutDir: false,
      rolldownOptions: {
        input: root + entry,
        // What loads later takes what it shares with the page from the page's own file.
        preserveEntrySignatures: lazy ? "allow-extension" : "strict",
        output: {
          format: "es",
          codeSplitting: lazy,
          entryFileNames: script,
          chunkFileNames: ({ name, facadeModuleId }) => {
            if (/\/strings\/[^/]+\.ts$/.test(facadeModuleId ?? ""))
              return `assets/words/${name}.js`;
            return `assets/${name === "inside" ? "stage" : name}.js`;
          },
          assetFileNames: style,
        },
      },
    },
  });
}
await copyFile(`${root}src/shells/join.html`, `${out}join.html`);
const background = await buildBackground(root, out);

const REPLAY = ["replay.js", "replay.css", "offline.js", "offline.css"];
const FILES = [
  "widget.js",
  "widget.css",
  "join.html",
  "assets/join.js",
  "assets/guest.js",
  "assets/join.css",
];
/** A language each; nobody loads more than one. */
const WORDS = (await readdir(`${out}assets/words`)).map((name) => `assets/words/${name}`);
/** What the guest page loads when it is asked for, or while somebody waits; the guest site and its content policy name each of them. */
const LAZY = ["assets/stage.js", "assets/connection-test.js"];

async function weigh(name) {
  const bytes = await readFile(out + name);
  const zipped = gzipSync(bytes, { level: 9 }).length;
  console.log(
    `${name.padEnd(16)} ${String(bytes.length).padStart(8)} B  gzip ${String(zipped).padStart(7)} B`,
  );
  return zipped;
}

await weigh("widget.js");
await weigh("widget.css");
let guest = 0;
for (const name of FILES.slice(2)) guest += await weigh(name);
for (const name of [...LAZY, ...WORDS, ...REPLAY]) await weigh(name);
const made = (await readdir(`${out}assets`, { withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map(({ name }) => `assets/${name}`);
const unknown = made.filter((name) => !FILES.includes(name) && !LAZY.includes(name));
if (unknown.length > 0) {
  console.error(`The build made files that the guest site does not know: ${unknown.join(", ")}`);
  process.exit(1);
}
console.log(`guest page, gzip: ${guest} of ${BUDGET_BYTES} B`);
if (guest > BUDGET_BYTES) {
  console.error(
    "The guest page is over its budget. It stays small before the call: load later what only the call needs.",
  );
  process.exit(1);
}
let later = 0;
for (const name of background.filter((one) => /(effect|worker)\.js$/.test(one))) {
  later += await weigh(name);
}
console.log(`background effect's own code, when chosen, gzip: ${later} B`);
await rm(`${target}assets/words`, { recursive: true, force: true });
for (const folder of ["background", "words"]) {
  await mkdir(`${target}assets/${folder}`, { recursive: true });
}
for (const name of [...FILES, ...LAZY, ...WORDS, ...REPLAY, ...background])
  await copyFile(out + name, target + name);
