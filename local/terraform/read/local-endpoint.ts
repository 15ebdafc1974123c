// Terraform's values hold the addresses AWS gives an API. What people and functions call is here.
import type { Reading } from "./reading.ts";

export interface LocalEndpoint {
  /** With `ws://` and `http://` of this machine. */
  all(value: unknown): unknown;
  /**
   * Only `https://`, for environments of functions. `wss://` stays as on AWS, for code that makes `https://` of it; that name
   * leads here too, inside a function. With several APIs all stay, for the name says which is meant.
   */
  inEnvironment(text: string): string;
}

/** `apiEndpoint` is `ws://127.0.0.1:3001`. */
export function localEndpoint(reading: Reading, apiEndpoint: string): LocalEndpoint {
  const ids = reading
    .resources("aws_apigatewayv2_api")
    .filter((api) => api.text("protocol_type") === "WEBSOCKET")
    .map((api) => api.text("id") ?? "");
  const hosts = ids.map((id) => id.replace(/\W/g, "\\$&")).join("|");
  const addresses = new RegExp(`(wss|https)://(${hosts})\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com(?:\\.cn)?`, "g");
  const stages = reading.resources("aws_apigatewayv2_stage").map((stage) => stage.text("name"));
  // Then the name says which API is meant.
  const sameNames = new Set(stages).size < stages.length;
  const here = (scheme: string, id: string): string => {
    const local = sameNames ? apiEndpoint.replace(/\/\/.*:/, `//${id}.localhost:`) : apiEndpoint;
    return scheme === "wss" ? local : local.replace(/^ws/, "http");
  };
  const all = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(addresses, (_, scheme: string, id: string) => here(scheme, id));
    if (Array.isArray(value)) return value.map(all);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, all(inner)]));
  };
  return {
    all,
    inEnvironment: (text) =>
      ids.length > 1
        ? text
        : text.replace(addresses, (url, scheme: string, id: string) => (scheme === "https" ? here(scheme, id) : url)),
  };
}
