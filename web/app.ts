// The page begins: where is the API, who is this window – and then it connects by itself.
import { connect } from "#client/connect.ts";
import { ChatPage } from "./chat-page.ts";
import { loadConfig } from "./config.ts";
import { byId } from "./element.ts";
import { claimIdentity } from "./identity.ts";
import { toast } from "./toasts.ts";

async function start(): Promise<void> {
  const [{ webSocketUrl }, identity] = await Promise.all([loadConfig(), claimIdentity()]);
  const client = connect({ url: webSocketUrl, ...identity });
  new ChatPage(client, identity);
  // On a touch screen the keyboard would cover what there is to see first.
  if (matchMedia("(hover: hover)").matches) byId("message", HTMLTextAreaElement).focus();
}

start().catch((error: unknown) => {
  byId("status-text", HTMLElement).textContent = "Not started";
  toast(`The chat could not start. ${error instanceof Error ? error.message : String(error)}`);
});
