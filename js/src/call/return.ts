// When a page comes back: the network is there again, or somebody looks at it again.

/** Calls back each time, while the page is in sight. Returns what stops it. */
export function onReturn(act: () => void): () => void {
  const back = () => {
    if (document.visibilityState === "visible") act();
  };
  globalThis.addEventListener?.("online", back);
  document.addEventListener("visibilitychange", back);
  return () => {
    globalThis.removeEventListener?.("online", back);
    document.removeEventListener("visibilitychange", back);
  };
}
