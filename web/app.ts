// The page begins: where is the API, who is this window – and then it connects by itself, once somebody has signed in where that is needed.
import type { Client } from "#client/client.ts";
import { connect } from "#client/connect.ts";
import { ChatPage } from "./chat-page.ts";
import { byId } from "./element.ts";
import { friendlyName } from "./friendly-name.ts";
import { claimIdentity, type Identity } from "./identity.ts";
import { loadConfig } from "./load-config.ts";
import type { SignInConfig } from "./page-config.ts";
import { SignIn } from "./sign-in/sign-in.ts";
import { toast } from "./toasts.ts";

async function start(): Promise<void> {
  const { webSocketUrl: url, signIn } = await loadConfig();
  await (signIn === undefined ? beginAsGuest(url) : beginSignedIn(url, signIn));
}

async function beginAsGuest(url: string): Promise<void> {
  showApp();
  const identity = await claimIdentity();
  show(connect({ url, userId: identity.userId, name: identity.name }), identity);
}

async function beginSignedIn(url: string, config: SignInConfig): Promise<void> {
  const signIn = new SignIn(config);
  // who just came sees no chat that goes away at once
  if (signIn.isLikely) showApp();
  const signedIn = await signIn.person();
  if (signedIn === undefined) return;
  const { userId, name = friendlyName() } = signedIn.person;
  const client = connect({ url, token: (wanted) => signedIn.token(wanted) });
  signIn.watch(client, signedIn);
  show(client, { userId, name, nameIsFixed: config.namesFromTokens });
}

function showApp(): void {
  byId("app", HTMLElement).hidden = false;
}

function show(client: Client, identity: Identity): void {
  new ChatPage(client, identity);
  // On a touch screen the keyboard would cover what there is to see first.
  if (matchMedia("(hover: hover)").matches) byId("message", HTMLTextAreaElement).focus();
}

start().catch((error: unknown) => {
  showApp();
  byId("status-text", HTMLElement).textContent = "Not started";
  toast(`The chat could not start. ${error instanceof Error ? error.message : String(error)}`);
});
