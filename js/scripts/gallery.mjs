// Builds the gallery (never shipped) into gallery/dist.
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { base } from "./base.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}gallery/dist/`;
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  ...base,
  root,
  logLevel: "warn",
  build: {
    ...base.build,
    outDir: out,
    emptyOutDir: false,
    rolldownOptions: {
      input: `${root}gallery/gallery.tsx`,
      output: {
        format: "es",
        codeSplitting: false,
        entryFileNames: "gallery.js",
        assetFileNames: "gallery.css",
      },
    },
  },
});
const pictures = (await readdir(`${root}backgrounds`)).filter((name) => name.endsWith(".jpg"));
for (const name of pictures) await copyFile(`${root}backgrounds/${name}`, out + name);
await copyFile(`${root}gallery/index.html`, `${out}index.html`);
await copyFile(`${root}node_modules/axe-core/axe.min.js`, `${out}axe.min.js`);
