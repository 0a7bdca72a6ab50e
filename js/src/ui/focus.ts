// What happens to the focus when the pressed control disappears with the person it was about.
import { useLayoutEffect, useRef } from "preact/hooks";

/** How long after the act the control may still go away, in milliseconds: its row comes with a message of its own. */
const ROW_FOLLOWS_MS = 2_000;

/** Runs `act`; if the control is gone afterwards, the focus goes to the heading of its region, not to nowhere. */
export async function keepingFocus(control: Element, act: () => Promise<unknown>): Promise<void> {
  const region = control.closest("section");
  await act();
  await gone(control);
  const here = document.activeElement;
  if (here !== null && here !== document.body && here.isConnected) return;
  region?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}

/** Whether the person works in a room of ours; in a notebook they may be typing elsewhere. */
export function isFocusInRoom(): boolean {
  return document.activeElement?.closest(".telehealth-widget") != null;
}

/** A tile or the like goes away: if the focus is in it, the heading gets it. Call it before the element is removed. */
export function passFocusOn(element: Element | null): void {
  if (!element?.contains(document.activeElement)) return;
  const root = element.closest(".telehealth-widget");
  queueMicrotask(() => {
    if (document.activeElement !== document.body) return;
    const heading = root?.querySelector<HTMLElement>("[data-heading]");
    (heading ?? (root as HTMLElement | null))?.focus({ preventScroll: true });
  });
}

/** For what may go away with the focus in it: `passFocusOn` at its end. */
export function useFocusPassed<T extends Element>(): { current: T | null } {
  const root = useRef<T>(null);
  useLayoutEffect(() => {
    const element = root.current;
    return () => passFocusOn(element);
  }, []);
  return root;
}

/** Resolves when `control` has left the document, or stays although its row had time to come. */
function gone(control: Element): Promise<void> {
  return new Promise((resolve) => {
    if (!control.isConnected) {
      resolve();
      return;
    }
    const done = () => {
      watch.disconnect();
      clearTimeout(limit);
      resolve();
    };
    const watch = new MutationObserver(() => {
      if (!control.isConnected) done();
    });
    const limit = setTimeout(done, ROW_FOLLOWS_MS);
    watch.observe(control.getRootNode(), { childList: true, subtree: true });
  });
}
