// Builds the widget's module (one file) and the join page (one file, and the stage that loads while somebody waits)
// into the Python package, and weighs them.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
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
  { entry: "src/shells/widget.tsx", script: "widget.js", style: "widget.css" },
  {
    entry: "src/shells/join.tsx",
    script: "assets/join.js",
    style: "assets/join.css",
    chunk: "assets/stage.js",
  },
];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const { entry, script, style, chunk } of parts) {
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
        // The stage takes what it shares with the page from the page's own file.
        preserveEntrySignatures: chunk === undefined ? "strict" : "allow-extension",
        output: {
          format: "es",
          ...(chunk === undefined ? { codeSplitting: false } : { chunkFileNames: chunk }),
          entryFileNames: script,
          assetFileNames: style,
        },
      },
    },
  });
}
await copyFile(`${root}src/shells/join.html`, `${out}join.html`);
const background = await buildBackground(root, out);

/** What a guest's page loads before the call; `LATER` comes while they wait. */
const GUEST = ["join.html", "assets/join.js", "assets/join.css"];
const LATER = ["assets/stage.js"];
const FILES = ["widget.js", "widget.css", ...GUEST, ...LATER];

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
for (const name of GUEST) guest += await weigh(name);
for (const name of LATER) await weigh(name);
console.log(`guest page, gzip: ${guest} of ${BUDGET_BYTES} B`);
if (guest > BUDGET_BYTES) {
  console.error("The guest page is over its budget. See design.md: small before the call.");
  process.exit(1);
}
let later = 0;
for (const name of background.filter((one) => /(effect|worker)\.js$/.test(one))) {
  later += await weigh(name);
}
console.log(`background effect's own code, when chosen, gzip: ${later} B`);
await mkdir(`${target}assets/background`, { recursive: true });
for (const name of [...FILES, ...background]) await copyFile(out + name, target + name);
