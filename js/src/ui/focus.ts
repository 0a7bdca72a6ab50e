// What happens to the focus when the pressed control disappears with the person it was about.

/** Runs `act`; if the control is gone afterwards, the focus goes to the heading of its region, not to nowhere. */
export async function keepingFocus(control: Element, act: () => Promise<unknown>): Promise<void> {
  const region = control.closest("section");
  await act();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const here = document.activeElement;
  if (here !== null && here !== document.body && here.isConnected) return;
  region?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
}
