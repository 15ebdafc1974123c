import type { CustomDomain, Stack, WebSocketApi } from "./stack.ts";

/** An API is named by its id in the host when its stage's name alone would not tell it from another's. */
export function stageUrls(apis: readonly WebSocketApi[], scheme: "ws" | "http", authority: string): string[] {
  const port = authority.slice(authority.lastIndexOf(":"));
  const names = apis.flatMap(({ stages }) => stages.map(({ name }) => name));
  return apis.flatMap(({ id, stages }) =>
    stages.map(({ name }) => {
      const unique = names.filter((other) => other === name).length === 1;
      return `${scheme}://${unique ? authority : `${id}.localhost${port}`}/${name}`;
    }),
  );
}

/** One per mapping. Below `localhost` the names need no entry in /etc/hosts; `any` is one of those that a `*` stands for. */
export function domainUrls(domains: readonly CustomDomain[], port: number): string[] {
  return domains.flatMap(({ name, mappings }) =>
    mappings.map(({ key }) => `ws://${name.replace("*", "any")}.localhost:${port}${key === "" ? "" : `/${key}`}`),
  );
}

export function domainNames({ domains }: Pick<Stack, "domains">): string[] {
  return domains.map(({ name }) => name);
}

/** An address to connect to, for one to listen on. */
export function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
