// The link's token rides in the fragment, which no server sees. It is taken out of the address bar at once: it must not
// stay where a screenshot or the history keeps it.

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

/** The page could not be loaded whole: a reload is to find the link again. */
export function putBack(token: string): void {
  const hash = `#${encodeURIComponent(token)}`;
  history.replaceState(history.state, "", location.pathname + location.search + hash);
}
