// Where the API is. The server of this page knows; the page itself is the same for every stage.

export interface PageConfig {
  readonly webSocketUrl: string;
}

export async function loadConfig(): Promise<PageConfig> {
  const response = await fetch("config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json could not be loaded (HTTP ${response.status}).`);
  const config: unknown = await response.json();
  if (
    typeof config === "object" &&
    config !== null &&
    "webSocketUrl" in config &&
    typeof config.webSocketUrl === "string"
  ) {
    return { webSocketUrl: config.webSocketUrl };
  }
  throw new Error('config.json must be { "webSocketUrl": "wss://…" }.');
}
