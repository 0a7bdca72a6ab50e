// The link's token rides in the fragment, which no server sees. It is taken out of the address bar at once: it must not
// stay where a screenshot or the history keeps it. Until the server knows this page, a reload finds it in this tab's store.

/** Not among the keys of what a visit leaves behind: it is gone once the room is there. */
export const LINK_KEY = "telehealth_widget:link";

export function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === "") return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    return decodeURIComponent(token);
  } catch {
    return token; // no link of ours, and the server says so
  }
}

/** What the last load of this tab was about to use. */
export function recallToken(store: Storage | null): string | null {
  try {
    return store?.getItem(LINK_KEY) ?? null;
  } catch {
    return null;
  }
}

export function keepToken(store: Storage | null, token: string): void {
  try {
    store?.setItem(LINK_KEY, token);
  } catch {
    // A reload needs the link again, then.
  }
}

export function forgetToken(store: Storage | null): void {
  try {
    store?.removeItem(LINK_KEY);
  } catch {
    // Nothing was kept.
  }
}
