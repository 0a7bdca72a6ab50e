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

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
