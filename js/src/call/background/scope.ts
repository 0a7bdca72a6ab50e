// The worker's global object, as far as it is used here: the project is typed for pages.
interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

export interface Scope {
  readonly location: Location;
  readonly trustedTypes?: Policies;
  fetch: typeof fetch;
  libraryCanvas?: OffscreenCanvas;
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export const scope: Scope = globalThis as unknown as Scope;

export function importScripts(url: string): void {
  (globalThis as unknown as { importScripts(url: string): void }).importScripts(url);
}
