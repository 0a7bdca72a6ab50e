// Where tiles go, in pixels. Pure arithmetic: no element and no person enters here.

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Tiles are never narrower or wider than this (width by height), unless one is alone. */
const NARROWEST = 0.72;
const WIDEST = 16 / 9;

/** One picture fills the stage. */
export function solo(width: number, height: number): Box {
  return { x: 0, y: 0, width, height };
}

/** The other one fills the stage, the own picture lies small in its lower right corner. */
export function duet(width: number, height: number): { other: Box; self: Box } {
  const upright = height > width;
  const selfWidth = Math.round(
    upright ? clamp(width * 0.28, 88, 180) : clamp(width * 0.19, 120, 320),
  );
  const selfHeight = Math.round(upright ? selfWidth * 1.34 : selfWidth * 0.66);
  const margin = upright ? 10 : 14;
  return {
    other: solo(width, height),
    self: {
      x: Math.max(0, width - selfWidth - margin),
      y: Math.max(0, height - selfHeight - margin),
      width: Math.min(selfWidth, width),
      height: Math.min(selfHeight, height),
    },
  };
}

/** `count` boxes of one size, as large as fits, row by row; a short last row is centred. */
export function grid(count: number, width: number, height: number, gap = 12): Box[] {
  if (count <= 0) return [];
  if (count === 1) return [solo(width, height)];
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const shape = clamp(cellWidth / cellHeight, NARROWEST, WIDEST);
    const tileWidth = Math.min(cellWidth, cellHeight * shape);
    const tileHeight = Math.min(cellHeight, cellWidth / shape);
    if (tileWidth * tileHeight > best.width * best.height + 1) {
      best = { columns, width: tileWidth, height: tileHeight };
    }
  }
  const rows = Math.ceil(count / best.columns);
  const top = (height - rows * best.height - gap * (rows - 1)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = Math.min(best.columns, count - row * best.columns);
    const left = (width - inRow * best.width - gap * (inRow - 1)) / 2;
    return {
      x: Math.round(left + (index % best.columns) * (best.width + gap)),
      y: Math.round(top + row * (best.height + gap)),
      width: Math.floor(best.width),
      height: Math.floor(best.height),
    };
  });
}

export interface Wish {
  readonly width: number;
  readonly height: number;
  /** Every tile, in order; the first is at the top left. */
  readonly keys: readonly string[];
  /** What takes the stage; `null`: all alike. */
  readonly main: string | null;
  /** Nothing may lie over the main tile: it is a screen with words on it. */
  readonly clear?: boolean;
}

export interface Place {
  readonly key: string;
  readonly box: Box;
  /** Beside or over the main tile. */
  readonly small: boolean;
}

/** Where all tiles go: alike in a grid, or one on the stage and the others in a strip (a single one in its corner). */
export function arrange({ width, height, keys, main, clear = false }: Wish): Place[] {
  if (main === null || !keys.includes(main)) {
    const boxes = grid(keys.length, width, height, width < 600 ? 8 : 12);
    return keys.map((key, i) => ({ key, box: boxes[i] as Box, small: false }));
  }
  const others = keys.filter((key) => key !== main);
  const [only] = others;
  if (only === undefined) return [{ key: main, box: solo(width, height), small: false }];
  if (others.length === 1 && !clear) {
    const { other, self } = duet(width, height);
    return [
      { key: main, box: other, small: false },
      { key: only, box: self, small: true },
    ];
  }
  const gap = 8;
  const aside = width > height * 1.1;
  const thick = Math.round(
    aside
      ? clamp(width * 0.2, 112, 280)
      : clamp(height * (others.length > 3 ? 0.3 : 0.2), Math.min(72, height / 3), 220),
  );
  const stage = aside ? solo(width - thick - gap, height) : solo(width, height - thick - gap);
  const strip = aside
    ? { x: stage.width + gap, y: 0, width: thick, height }
    : { x: 0, y: stage.height + gap, width, height: thick };
  const boxes = grid(others.length, strip.width, strip.height, gap);
  return [
    { key: main, box: stage, small: false },
    ...others.map((key, i) => {
      const box = boxes[i] as Box;
      return { key, box: { ...box, x: box.x + strip.x, y: box.y + strip.y }, small: true };
    }),
  ];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
