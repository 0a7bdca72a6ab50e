// Where the page's own Jupyter server is. Read from what JupyterLab and Notebook write into their page.

/** Ends with a slash. */
export function baseUrl(root: Document = document): string {
  const config = root.getElementById("jupyter-config-data")?.textContent;
  let base: unknown;
  try {
    base = (JSON.parse(config ?? "{}") as { baseUrl?: unknown }).baseUrl;
  } catch {
    base = undefined;
  }
  if (typeof base !== "string" || base === "") base = root.body.dataset.baseUrl ?? "/";
  const text = String(base);
  return text.endsWith("/") ? text : `${text}/`;
}
