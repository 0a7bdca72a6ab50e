// The whole screen for the view that an element lies in, or for one tile of it. Where the browser says no to the
// whole screen, a tile still gets the whole view.
import type { Room } from "./context.ts";

export function toggleFullScreen(from: Element): void {
  const root = from.closest(".telehealth-widget");
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  else void root?.requestFullscreen?.().catch(() => undefined);
}

export function enterSolo({ page }: Room, root: HTMLElement | null, tile: string): void {
  page.stage.solo.value = tile;
  page.panel.value = null;
  if (document.fullscreenElement === null) void root?.requestFullscreen?.().catch(() => undefined);
}

export function leaveSolo({ page }: Room): void {
  page.stage.solo.value = null;
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
}

/** The moving picture of the stage, in a window of its own. False: there is none, or the browser offers none. */
export async function floatPicture(from: Element): Promise<boolean> {
  if (document.pictureInPictureElement !== null) {
    await document.exitPictureInPicture().catch(() => undefined);
    return true;
  }
  const tiles = [...(from.closest(".stage")?.querySelectorAll<HTMLElement>(".tile") ?? [])];
  const area = (tile: HTMLElement) => tile.clientWidth * tile.clientHeight;
  const others = tiles.filter((tile) => tile.dataset.own !== "true");
  for (const tile of others.sort((a, b) => area(b) - area(a))) {
    const video = tile.querySelector("video");
    if (video === null) continue;
    video.disablePictureInPicture = false;
    return video.requestPictureInPicture().then(
      () => true,
      () => false,
    );
  }
  return false;
}
