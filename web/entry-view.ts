// Draws one line of the conversation: a message, or a note such as "Ann joined".
import { LOBBY, participantsOf } from "#protocol/conversations.ts";
import { avatar } from "./avatar.ts";
import { create } from "./element.ts";
import { shownName } from "./roster.ts";
import type { Entry, ShownMessage } from "./timeline.ts";

export type Delivery =
  | { readonly status: "sending" }
  | { readonly status: "failed"; readonly why: string; retry(): void };

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export function drawEntry(entry: Entry, { isOwn }: { readonly isOwn: boolean }): HTMLLIElement {
  if (entry.message === undefined) return create("li", { className: "note", text: entry.note ?? "" });
  const item = create("li", { className: isOwn ? "message own" : "message" });
  const body = create("div", { className: "body" });
  const bubble = create("div", { className: "bubble", text: entry.message.content });
  bubble.dir = "auto";
  body.append(meta(entry.message, isOwn), bubble, create("div", { className: "delivery" }));
  // Ours stand at the other side of the page; no picture of ourselves is needed.
  if (!isOwn) item.append(avatar(entry.message.sender));
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
  else {
    const again = create("button", { className: "quiet", text: "Try again" });
    again.type = "button";
    again.addEventListener("click", () => delivery.retry());
    line.replaceChildren(`Not sent. ${delivery.why}`, again);
  }
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
  const audience = audienceOf(conversation);
  if (audience !== "") line.append(create("span", { className: "badge", text: audience }));
  return line;
}

function audienceOf(conversation: string): string {
  if (conversation === LOBBY) return "to everyone";
  return participantsOf(conversation).length === 2 ? "private" : "";
}

function dayOf(at: string): string {
  return new Date(at).toDateString() === new Date().toDateString() ? "Today" : DAY.format(new Date(at));
}
