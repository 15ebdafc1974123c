// Terraform's values hold the addresses AWS gives an API, and its custom domains. What people and functions call is here.
import type { CustomDomain } from "#local/stack.ts";
import type { Reading } from "./reading.ts";

export interface LocalEndpoint {
  /** With `ws://` and `http://` of this machine. */
  all(value: unknown): unknown;
  /**
   * Only `https://`, for environments of functions. `wss://` stays as on AWS, for code that makes `https://` of it; that name
   * leads here too, inside a function. With several APIs all stay, for the name says which is meant; so does the name of an API
   * whose own endpoint is disabled, for it leads nowhere on AWS.
   */
  inEnvironment(text: string): string;
}

/** An address on AWS, and what it is here. */
interface Address {
  readonly pattern: RegExp;
  readonly apiId: string;
  /** Behind `ws://127.0.0.1:3001`. */
  readonly path: string;
  readonly isOpen: boolean;
}

/** `apiEndpoint` is `ws://127.0.0.1:3001`. */
export function localEndpoint(reading: Reading, apiEndpoint: string, domains: readonly CustomDomain[]): LocalEndpoint {
  const apis = reading
    .resources("aws_apigatewayv2_api")
    .filter((api) => api.text("protocol_type") === "WEBSOCKET")
    .map((api) => ({ id: api.text("id") ?? "", isOpen: !api.flag("disable_execute_api_endpoint") }));
  const addresses = [...apis.map(defaultAddress), ...domains.flatMap(domainAddresses)];
  const stages = reading
    .resources("aws_apigatewayv2_stage")
    .filter((stage) => apis.some(({ id }) => id === stage.text("api_id")))
    .map((stage) => stage.text("name"));
  // Then the name says which API is meant.
  const sameNames = new Set(stages).size < stages.length;
  const here = (scheme: string, { apiId, path }: Address): string => {
    const local = (sameNames ? apiEndpoint.replace(/\/\/.*:/, `//${apiId}.localhost:`) : apiEndpoint) + path;
    return scheme.toLowerCase() === "wss" ? local : local.replace(/^ws/, "http");
  };
  const replaced = (text: string, among: readonly Address[], schemes: readonly string[]): string =>
    among.reduce(
      (now, address) =>
        now.replace(address.pattern, (url, scheme: string) =>
          schemes.includes(scheme.toLowerCase()) ? here(scheme, address) : url,
        ),
      text,
    );
  const all = (value: unknown): unknown => {
    if (typeof value === "string") return replaced(value, addresses, ["wss", "https"]);
    if (Array.isArray(value)) return value.map(all);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, all(inner)]));
  };
  const open = addresses.filter(({ isOpen }) => isOpen);
  return { all, inEnvironment: (text) => (apis.length > 1 ? text : replaced(text, open, ["https"])) };
}

function defaultAddress({ id, isOpen }: { readonly id: string; readonly isOpen: boolean }): Address {
  const host = `${escaped(id)}\\.execute-api\\.[a-z0-9-]+\\.amazonaws\\.com(?:\\.cn)?`;
  return { pattern: new RegExp(`(wss|https)://${host}`, "g"), apiId: id, path: "", isOpen };
}

/** The longest key first. What a `*` stands for is not known before somebody calls it. */
function domainAddresses({ name, mappings }: CustomDomain): Address[] {
  if (name.startsWith("*")) return [];
  return mappings
    .toSorted((a, b) => b.key.length - a.key.length)
    .map(({ key, apiId, stage }) => {
      const behind = key === "" ? "(?![\\w.:-])" : `/${escaped(key)}(?![\\w$.+!*'()-])`;
      const pattern = new RegExp(`(wss|https)://${escaped(name)}${behind}`, "gi");
      return { pattern, apiId, path: `/${stage}`, isOpen: true };
    });
}

function escaped(text: string): string {
  return text.replace(/\W/g, "\\$&");
}
