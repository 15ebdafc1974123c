import { type PageConfig, readConfig } from "./page-config.ts";

export async function loadConfig(): Promise<PageConfig> {
  const response = await fetch("config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`config.json could not be loaded (HTTP ${response.status}).`);
  return readConfig(await response.json());
}
