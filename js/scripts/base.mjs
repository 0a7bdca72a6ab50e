// What every build of this folder shares. Entries and file names are in the scripts beside it.
export const base = {
  configFile: false,
  publicDir: false,
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    sourcemap: false,
  },
};
