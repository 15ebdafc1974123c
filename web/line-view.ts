// Draws one line of a conversation: a message, or a note such as "Ann joined".
import { LOBBY } from "#protocol/conversations.ts";
import { avatar } from "./avatar.ts";
import { create } from "./element.ts";
import { type Link, linksIn } from "./links.ts";
import { drawActions, type MessageActions } from "./message-actions.ts";
import { shownName } from "./roster.ts";
import type { Line, ShownMessage } from "./timeline.ts";

/** What stands under a message of ours. */
export type Delivery =
  | { readonly status: "sending" }
  | { readonly status: "failed"; readonly why: string; retry(): void }
  | { readonly status: "stored"; readonly mark: string };

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export function drawLine(
  line: Line,
  { isOwn, actions }: { readonly isOwn: boolean; readonly actions: MessageActions },
): HTMLLIElement {
  const { message } = line;
  if (message === undefined) return create("li", { className: "note", text: line.note ?? "" });
  const item = create("li", { className: isOwn ? "message own" : "message" });
  item.classList.toggle("deleted", message.deletedAt !== undefined);
  const said = create("div", { className: "said" });
  said.append(bubble(message));
  if (isOwn && message.seq !== undefined && message.deletedAt === undefined) said.append(drawActions(message, actions));
  const body = create("div", { className: "body" });
  body.append(meta(message, isOwn), said, create("div", { className: "delivery" }));
  // Ours stand at the other side of the page; no picture of ourselves is needed.
  if (!isOwn) item.append(avatar(message.sender));
  item.append(body);
  return item;
}

/** What depends on the line before: whether the sender is repeated, and a heading where a new day begins. */
export function drawPosition(
  item: HTMLLIElement,
  at: string,
  position: { readonly continued: boolean; readonly newDay: boolean },
): void {
  item.classList.toggle("continued", position.continued);
  const heading = item.querySelector(".day");
  if (!position.newDay) heading?.remove();
  else if (heading === null) item.prepend(create("div", { className: "day", text: dayOf(at) }));
}

export function drawDelivery(item: HTMLLIElement, delivery: Delivery | undefined): void {
  item.classList.toggle("pending", delivery?.status === "sending");
  item.classList.toggle("failed", delivery?.status === "failed");
  const line = item.querySelector(".delivery");
  if (line === null) return;
  if (delivery === undefined) line.replaceChildren();
  else if (delivery.status === "sending") line.replaceChildren("Sending…");
  else if (delivery.status === "stored") line.replaceChildren(delivery.mark);
  else {
    const again = create("button", { className: "quiet", text: "Try again" });
    again.type = "button";
    again.addEventListener("click", () => delivery.retry());
    line.replaceChildren(`Not sent. ${delivery.why}`, again);
  }
}

function bubble({ content, editedAt, deletedAt }: ShownMessage): HTMLElement {
  if (deletedAt !== undefined) return create("div", { className: "bubble", text: "Message deleted" });
  const element = create("div", { className: "bubble" });
  element.dir = "auto";
  element.append(...linksIn(content).map((piece) => (typeof piece === "string" ? piece : anchor(piece))));
  if (editedAt !== undefined) {
    // what turns the text around does not turn this
    const edited = create("bdi", { className: "edited", text: "edited" });
    edited.title = `Edited ${FULL.format(new Date(editedAt))}`;
    element.append(" ", edited);
  }
  return element;
}

/** It leads away from the page, which tells the other side nothing of itself, and is told nothing by it. */
function anchor({ text, href }: Link): HTMLAnchorElement {
  const element = create("a", { text });
  element.href = href;
  element.target = "_blank";
  element.rel = "noopener noreferrer nofollow";
  // an address between words of the other direction stays in one piece
  element.dir = "auto";
  return element;
}

function meta({ sender, sentAt, conversation }: ShownMessage, isOwn: boolean): HTMLElement {
  const line = create("div", { className: "meta" });
  const name = create("span", {
    className: isOwn ? "sender visually-hidden" : "sender",
    text: isOwn ? "You" : shownName(sender),
  });
  const time = create("time", { text: TIME.format(new Date(sentAt)) });
  time.dateTime = sentAt;
  time.title = FULL.format(new Date(sentAt));
  line.append(name, time);
  if (conversation === LOBBY) line.append(create("span", { className: "badge", text: "to everyone" }));
  return line;
}

function dayOf(at: string): string {
  return new Date(at).toDateString() === new Date().toDateString() ? "Today" : DAY.format(new Date(at));
}
