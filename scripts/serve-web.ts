// The built chat page over HTTP, as it would stand in front of a bucket: static files, and config.json that says where the API is.
import { existsSync } from "node:fs";
import { type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import express, { type Express, type RequestHandler } from "express";
import type { SignInConfig } from "#infra/web-sign-in.ts";
import { listenError } from "#local/listen.ts";
import { onError } from "./on-error.ts";
import { root } from "./root.ts";

export interface ServeWebOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly webSocketUrl: string;
  /** Where `buildWeb` put the page. */
  readonly directory?: string;
  readonly host?: string;
  /** Where tokens are asked for: who signs people in. */
  readonly signIn?: SignInConfig | undefined;
  /** Where else the page asks for tokens than at the issuer. */
  readonly signInOrigins?: readonly string[];
}

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

const BUILT = join(root, "dist", "web");

export async function serveWeb(options: ServeWebOptions): Promise<WebServer> {
  const { port, host = "127.0.0.1" } = options;
  const directory = resolve(options.directory ?? BUILT);
  if (!existsSync(join(directory, "index.html"))) {
    throw new Error(`There is no chat page in ${directory}: build it first (npm run build).`);
  }
  const server = await listen(chatPage(directory, options), port, host);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((done, failed) => {
        server.close((error) => (error === undefined ? done() : failed(error)));
        server.closeAllConnections();
      }),
  };
}

function chatPage(directory: string, { webSocketUrl, signIn, signInOrigins = [] }: ServeWebOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  const ofIssuer = signIn === undefined ? [] : [new URL(signIn.issuer).origin, ...signInOrigins];
  app.use(securityHeaders([originOf(webSocketUrl), ...ofIssuer]));
  app.get("/config.json", (_request, response) => {
    response.set("Cache-Control", "no-store").json({ webSocketUrl, signIn });
  });
  // The files keep their names from build to build, so a browser asks each time and gets 304 while they are the same.
  const files = express.static(directory, {
    cacheControl: false,
    setHeaders: (file) => file.setHeader("Cache-Control", "no-cache"),
  });
  app.use(files);
  app.use(notFound);
  app.use(
    onError((response, status) => {
      const content = `<h1 class="empty-title">This did not work</h1><p>${STATUS_CODES[status]}</p>`;
      response.status(status).type("html").send(page("Error", content));
    }),
  );
  return app;
}

function securityHeaders(origins: readonly string[]): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${origins.join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return (_request, response, next) => {
    response.set({
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin",
    });
    next();
  };
}

function originOf(webSocketUrl: string): string {
  const url = URL.canParse(webSocketUrl) ? new URL(webSocketUrl) : undefined;
  if (url?.protocol === "ws:" || url?.protocol === "wss:") return url.origin;
  throw new Error(`webSocketUrl is ${JSON.stringify(webSocketUrl)}; it must be like wss://host/stage.`);
}

const NOT_FOUND = page(
  "Not found",
  '<h1 class="empty-title">There is nothing here</h1><p><a href="/">To the chat</a></p>',
);

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<div class="empty">${content}</div>
</html>
`;
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).type("html").send(NOT_FOUND);
};

function listen(app: Express, port: number, host: string): Promise<Server> {
  return new Promise((done, failed) => {
    const server = app.listen(port, host, (error) => {
      if (error === undefined) done(server);
      else failed(listenError(error, { host, port, option: "--web-port" }));
    });
  });
}
