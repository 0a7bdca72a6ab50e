// The whole screen for the view that an element lies in. Where the browser says no, nothing happens.

export function toggleFullScreen(from: Element): void {
  const root = from.closest(".telehealth-widget");
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  else void root?.requestFullscreen().catch(() => undefined);
}
