// Prints how long one layout of 25 tiles takes, ms: the worst of the usual sizes. For `make bench`.
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const server = await createServer({
  configFile: false,
  root: fileURLToPath(new URL("..", import.meta.url)),
  logLevel: "silent",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { arrange } = await server.ssrLoadModule("/src/ui/layout.ts");
const keys = Array.from({ length: 25 }, (_, i) => `p${i}`);
const RUNS = 2_000;
let worst = 0;
for (const [width, height] of [
  [320, 480],
  [960, 540],
  [3840, 2000],
]) {
  for (const main of [null, "p0"]) {
    for (let i = 0; i < 200; i++) arrange({ width, height, keys, main });
    const began = performance.now();
    for (let i = 0; i < RUNS; i++) arrange({ width, height: height + (i % 7), keys, main });
    worst = Math.max(worst, (performance.now() - began) / RUNS);
  }
}
await server.close();
console.log(worst.toFixed(4));
