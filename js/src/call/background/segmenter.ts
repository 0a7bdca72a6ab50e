// The library that finds the person in a frame, made to run in a worker: there it cannot hold up the page, its names
// cannot meet those of JupyterLab, and the page itself needs no right to run WebAssembly.
//
// The library expects a page. It gets the three things of one that it uses: a way to load a script, a canvas, and
// listeners that never fire. Its files come from beside the worker, and only as they were shipped.
import type { SelfieSegmentation } from "@mediapipe/selfie_segmentation";
import type { BackgroundProblem } from "./choices.ts";
import { importScripts, scope } from "./scope.ts";

/** Name → SHA-256 of the file, hex. Written by the build. */
declare const __SHIPPED__: Readonly<Record<string, string>>;
/** Of the library. Files of another version are other files to every cache. */
declare const __VERSION__: string;

const SCRIPTS: readonly string[] = [
  "selfie_segmentation.js",
  "selfie_segmentation_solution_simd_wasm_bin.js",
];
/** The model looks at no more than this, so it gets no more. */
const WIDE = { width: 256, height: 144, model: 1 } as const;
const TALL = { width: 256, height: 256, model: 0 } as const;

/** Something that a file, or the browser, does not do for us. */
export class Unusable extends Error {
  constructor(readonly problem: BackgroundProblem) {
    super(problem);
  }
}

export class Segmenter {
  readonly #library: SelfieSegmentation;
  readonly #sheet: OffscreenCanvasRenderingContext2D;
  #mask: ImageBitmap | null = null;

  private constructor(library: SelfieSegmentation, sheet: OffscreenCanvasRenderingContext2D) {
    this.#library = library;
    this.#sheet = sheet;
    library.onResults((results) => {
      this.#mask = results.segmentationMask as ImageBitmap;
    });
  }

  /** Rejects with `Unusable`. `onLost`: the graphics card took its memory back; nothing comes any more. */
  static async open(onLost: () => void): Promise<Segmenter> {
    const sheet = new OffscreenCanvas(1, 1).getContext("2d");
    if (sheet === null || new OffscreenCanvas(1, 1).getContext("webgl2") === null) {
      throw new Unusable("unsupported");
    }
    guardScripts();
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    await Promise.all(
      Object.entries(__SHIPPED__).map(async ([name, hash]) => {
        files.set(name, await fetchShipped(name, hash));
      }),
    );
    playPage(onLost);
    serve(files);
    load("selfie_segmentation.js");
    const Library = (scope as unknown as { SelfieSegmentation: typeof SelfieSegmentation })
      .SelfieSegmentation;
    const library = new Library({ locateFile: urlOf });
    // In WebAssembly: as fast as a small graphics chip, many times faster than a machine without one, and never in
    // the way of the rest of the page's drawing.
    library.setOptions({ modelSelection: WIDE.model, ...{ useCpuInference: true } });
    try {
      await library.initialize();
    } catch {
      throw new Unusable("damaged");
    }
    // 6 MB that are compiled by now. The models are read again when the camera is turned.
    for (const name of files.keys()) if (name.endsWith(".wasm")) files.delete(name);
    return new Segmenter(library, sheet);
  }

  /** The mask of one frame. The caller closes it. */
  async find(frame: ImageBitmap): Promise<ImageBitmap> {
    const { width, height, model } = frame.height > frame.width ? TALL : WIDE;
    this.#library.setOptions({ modelSelection: model });
    const { canvas } = this.#sheet;
    if (canvas.height !== height) canvas.height = height;
    canvas.width = width;
    this.#sheet.drawImage(frame, 0, 0, width, height);
    this.#mask = null;
    await this.#library.send({ image: canvas as unknown as HTMLCanvasElement });
    if (this.#mask === null) throw new Unusable("lost");
    return this.#mask;
  }
}

function urlOf(name: string): string {
  return new URL(`${name}?v=${__VERSION__}`, scope.location.href).href;
}

/** From the cache if that has it right, else from the server; a file that is still not as shipped is not used. */
async function fetchShipped(name: string, hash: string): Promise<Uint8Array<ArrayBuffer>> {
  for (const cache of ["default", "reload"] as const) {
    const answer = await fetch(urlOf(name), { cache }).catch(() => null);
    if (answer?.ok !== true) throw new Unusable("missing");
    const bytes = await answer.arrayBuffer().catch(() => null);
    if (bytes === null) throw new Unusable("missing");
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = [...found].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === hash) return new Uint8Array(bytes);
  }
  throw new Unusable("damaged");
}

/** The library's own requests are answered with what was checked, and nothing else is asked of the network. */
function serve(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): void {
  scope.fetch = async (input: RequestInfo | URL) => {
    const { pathname } = new URL(String(input), scope.location.href);
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    const body = files.get(name);
    if (body === undefined) throw new TypeError("not one of ours");
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(body, { headers: { "Content-Type": type } });
  };
}

/**
 * The default policy of Trusted Types in this worker: a script's address passes if it is one of the library's two
 * scripts, on this origin, in this folder. Whatever else becomes a script is refused.
 */
function guardScripts(): void {
  scope.trustedTypes?.createPolicy("default", {
    createScriptURL: (url) => {
      if (!SCRIPTS.some((name) => urlOf(name) === new URL(url, scope.location.href).href)) {
        throw new TypeError("not a script of the background effect");
      }
      return url;
    },
  });
}

function load(name: string): void {
  try {
    importScripts(urlOf(name));
  } catch (error) {
    throw new Unusable(error instanceof SyntaxError ? "damaged" : "missing");
  }
}

function playPage(onLost: () => void): void {
  const script = () => {
    const on = new Map<string, () => void>();
    let url = "";
    return {
      setAttribute: (name: string, value: string) => {
        if (name === "src") url = value;
      },
      addEventListener: (name: string, act: () => void) => on.set(name, act),
      run: () => {
        try {
          importScripts(url);
          on.get("load")?.();
        } catch {
          on.get("error")?.();
        }
      },
    };
  };
  const canvas = () => {
    const made = new OffscreenCanvas(1, 1);
    made.addEventListener("webglcontextlost", onLost);
    // The library asks for one; whoever looks for what can fail finds it here.
    scope.libraryCanvas = made;
    return made;
  };
  const nothing = () => undefined;
  Object.assign(scope, {
    window: scope,
    alert: nothing,
    document: {
      addEventListener: nothing,
      removeEventListener: nothing,
      createElement: (kind: string) => (kind === "canvas" ? canvas() : script()),
      body: { appendChild: (element: { run?(): void }) => element.run?.() },
    },
  });
}
