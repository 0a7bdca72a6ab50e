// What a page load is called, and storage that may be forbidden. Shared by the shells.

/** New with each load: the server tells a reload from a second connection by it. */
export function pageId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `sessionStorage` or `localStorage`, or nothing where the browser forbids it. */
export function storage(name: "sessionStorage" | "localStorage"): Storage | null {
  try {
    return globalThis[name];
  } catch {
    return null;
  }
}

export function socketUrl(address: URL): string {
  const url = new URL(address);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.search = "";
  return url.href;
}
