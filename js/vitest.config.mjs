// Tests run in plain Node; a file that needs a document says so in its first line.
import { defineConfig } from "vitest/config";
import { base } from "./scripts/base.mjs";

export default defineConfig({
  oxc: base.oxc,
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node" },
});
