// What the page does: which event of the client changes what is seen, and which act of the person asks what of the client.
import type { Client } from "#client/client.ts";
import type { ClientEvents } from "#client/client-events.ts";
import { RECEIPTS } from "#client/receipts.ts";
import { LOBBY, roomConversation } from "#protocol/conversations.ts";
import type { Entry } from "#protocol/messages.ts";
import { attempt } from "./attempt.ts";
import { Attention } from "./attention.ts";
import { changing } from "./changing.ts";
import { Composer } from "./composer.ts";
import { ConnectionView } from "./connection-view.ts";
import { byId } from "./element.ts";
import { showEmptyState } from "./empty-state.ts";
import { failureInWords, gapInWords } from "./human-words.ts";
import type { Identity } from "./identity.ts";
import { OwnName } from "./own-name.ts";
import { showPeople, showPrivate } from "./people-view.ts";
import { conversationAt, type Place, targetAt } from "./place.ts";
import { showPlace } from "./place-view.ts";
import { otherIn, PrivatePeople } from "./private-people.ts";
import { forgetRead, rememberedRead, rememberRead } from "./read-marks.ts";
import { readPast } from "./read-past.ts";
import { ReadingPosition } from "./reading-position.ts";
import { rememberedRoom, rememberRoom } from "./remembered-room.ts";
import { RoomPeople } from "./room-people.ts";
import { RoomVisit } from "./room-visit.ts";
import { shownName } from "./roster.ts";
import { sendMessage } from "./sending.ts";
import { Setting } from "./setting.ts";
import { SidePanel } from "./side-panel.ts";
import type { Thread } from "./thread.ts";
import { Threads } from "./threads.ts";
import { toast } from "./toasts.ts";

export class ChatPage {
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #connection: ConnectionView;
  readonly #composer: Composer;
  readonly #name: OwnName;
  readonly #room = new Setting("room", (room, previous) => this.#moveTo(room, previous));
  readonly #panel = new SidePanel();
  readonly #position = new ReadingPosition({
    changed: (unread) => {
      this.#unread = unread;
      this.#showTitle();
    },
    seen: () => this.#seen(),
  });
  readonly #threads: Threads;
  readonly #attention: Attention;
  readonly #people: RoomPeople;
  readonly #visit: RoomVisit;
  readonly #private = new PrivatePeople();
  readonly #earlier = byId("earlier", HTMLButtonElement);
  #place: Place;
  #unread = 0;

  constructor(client: Client, identity: Identity) {
    const me = () => this.#me;
    this.#client = client;
    this.#identity = identity;
    this.#name = new OwnName(client, identity, (name) => this.#people.renamed({ id: this.#me, name }));
    this.#room.value = rememberedRoom();
    this.#place = { kind: "room", room: this.#room.value };
    this.#connection = new ConnectionView(client);
    this.#composer = new Composer({
      send: (content) => this.#send(content),
      typing: () => client.typing(targetAt(this.#place)),
      editLast: () => this.#editLast(),
    });
    const actions = changing(client, this.#composer);
    this.#threads = new Threads({ position: this.#position, actions, me });
    this.#people = new RoomPeople({
      changed: () => this.#showPeople(),
      note: (words) => this.#threadOf(this.#roomConversation).note(words),
      me,
    });
    this.#visit = new RoomVisit(client, (conversation) => this.#threadOf(conversation));
    this.#attention = new Attention({
      client,
      me,
      threadOf: (conversation) => this.#threadOf(conversation),
      shown: () => this.#conversation,
      tellsReading: () => this.#place.kind === "private" || this.#people.roster.size <= RECEIPTS.mostPeople,
    });
    this.#listen();
    this.#arrived(this.#threads.show(this.#conversation));
    this.#stateChanged(client.state);
  }

  #listen(): void {
    const client = this.#client;
    byId("back", HTMLButtonElement).addEventListener("click", () => this.#goTo(this.#roomPlace));
    this.#earlier.addEventListener("click", () => void this.#showEarlier());
    client.on("state", (state) => this.#stateChanged(state));
    for (const type of ["message", "edit", "deletion"] as const) client.on(type, (entry) => this.#took(entry));
    client.on("presence", (presence) => {
      this.#private.named(presence.user);
      if (presence.conversation === this.#roomConversation) this.#people.presence(presence);
    });
    client.on("joined", ({ room, members }) => {
      for (const person of members) this.#private.named(person);
      if (room === this.#room.value) this.#people.are(members);
    });
    client.on("conversations", (list) => this.#listed(list));
    client.on("gap", (gap) => this.#missing(gap));
    client.on("problem", (error) => toast(failureInWords(error)));
  }

  get #me(): string {
    return this.#client.me?.id ?? this.#identity.userId;
  }

  get #roomPlace(): Place {
    return { kind: "room", room: this.#room.value };
  }

  get #roomConversation(): string {
    return roomConversation(this.#room.value);
  }

  /** The one that is shown. */
  get #conversation(): string {
    return conversationAt(this.#place, this.#me);
  }

  /** What is said to everyone shows in the room. */
  #threadOf(conversation: string): Thread {
    return this.#threads.of(conversation === LOBBY ? this.#roomConversation : conversation);
  }

  #stateChanged(state: ClientEvents["state"]): void {
    const isClosed = state.status === "closed" && state.retryInMs === undefined;
    this.#connection.show(state);
    this.#composer.usable = !isClosed;
    this.#name.usable = !isClosed;
    this.#room.usable = !isClosed;
    if (state.status === "closed") {
      this.#people.are([]);
      this.#attention.deaf();
    }
    if (state.status === "open") {
      this.#name.arrived();
      void this.#enter();
    }
    this.#showEmpty();
  }

  async #enter(): Promise<void> {
    const thread = await this.#visit.enter(this.#room.value);
    if (thread !== undefined && this.#place.kind === "room") this.#arrived(thread);
  }

  #moveTo(room: string, previous: string): void {
    rememberRoom(room);
    this.#threads.drop(roomConversation(previous));
    this.#people.are([]);
    void attempt(this.#client.leaveRoom(previous));
    this.#goTo({ kind: "room", room });
    void this.#enter();
  }

  #goTo(place: Place): void {
    this.#place = place;
    this.#composer.stopEditing();
    const thread = this.#threads.show(this.#conversation);
    if (place.kind === "private") {
      this.#private.add(place.userId, false);
      if (thread.past === "unknown") void this.#showEarlier();
    }
    this.#panel.hide();
    this.#arrived(thread);
    this.#composer.focus();
  }

  #arrived(thread: Thread): void {
    this.#showEarlierButton(thread);
    this.#showTitle();
    this.#showPeople();
    this.#showEmpty();
    this.#attention.showTyping();
    this.#position.toEnd();
  }

  #send(content: string): void {
    const sender = { id: this.#me, name: this.#name.value };
    const conversation = this.#conversation;
    sendMessage(this.#client, this.#threadOf(conversation), {
      to: targetAt(this.#place),
      conversation,
      sender,
      content,
    });
    this.#showEmpty();
  }

  #editLast(): void {
    const last = this.#threadOf(this.#conversation).lastOwn;
    if (last !== undefined) changing(this.#client, this.#composer).edit(last);
  }

  #took(entry: Entry): void {
    const { conversation, sender } = entry;
    const userId = otherIn(conversation, this.#me);
    if (conversation.startsWith("room:") && conversation !== this.#roomConversation) return;
    const isNews = userId !== undefined || this.#visit.isInside;
    const isOfOthers = sender.id !== this.#me;
    this.#private.named(sender);
    this.#threadOf(conversation).take(entry, { isNews: isNews && entry.type === "message" });
    this.#private.said(entry, this.#me, isOfOthers && entry.type === "message");
    this.#attention.said(entry);
    if (isOfOthers && this.#position.seesEnd) this.#seen();
    if (userId !== undefined) this.#showPeople();
    this.#showEmpty();
  }

  /** The reader sees the end of what is shown. */
  #seen(): void {
    const seq = this.#attention.read();
    if (this.#place.kind === "room") return;
    this.#private.seen(this.#place.userId);
    rememberRead(this.#me, this.#conversation, seq);
    this.#showPeople();
  }

  async #showEarlier(): Promise<void> {
    const conversation = this.#conversation;
    const thread = this.#threadOf(conversation);
    const isFirst = thread.past === "unknown";
    this.#earlier.disabled = true;
    const entries = await readPast(this.#client, conversation, thread);
    this.#earlier.disabled = false;
    for (const entry of entries) {
      this.#private.named(entry.sender);
      this.#attention.said(entry);
    }
    if (conversation !== this.#conversation) return;
    if (isFirst) this.#arrived(thread);
    else this.#showEarlierButton(thread);
  }

  #showEarlierButton({ past }: Thread): void {
    this.#earlier.hidden = past === "unknown" || !past.earlier;
  }

  #listed(list: ClientEvents["conversations"]): void {
    for (const { conversation, seq } of list) {
      const userId = otherIn(conversation, this.#me);
      if (userId !== undefined) this.#private.add(userId, seq > rememberedRead(this.#me, conversation));
    }
    this.#showPeople();
  }

  #missing(gap: ClientEvents["gap"]): void {
    const { conversation, kind } = gap;
    if (conversation === LOBBY) return;
    const thread = this.#threadOf(conversation);
    if (kind === "restarted") {
      thread.clear();
      thread.past = { earlier: false };
      this.#attention.forget(conversation);
      forgetRead(this.#me, conversation);
    }
    thread.note(gapInWords(gap));
  }

  #showPeople(): void {
    const open = (userId: string) => this.#goTo({ kind: "private", userId });
    const { roster } = this.#people;
    const shown = this.#place.kind === "private" ? this.#place.userId : undefined;
    showPeople(roster, this.#me, open);
    showPrivate(this.#private.rows(roster, shown), open);
    if (this.#place.kind === "private") this.#showTitle();
  }

  get #title(): string {
    const { kind } = this.#place;
    return kind === "room" ? `#${this.#place.room}` : shownName(this.#private.called(this.#place.userId));
  }

  #showEmpty(): void {
    const isPrivate = this.#place.kind === "private";
    const { isEmpty } = this.#threadOf(this.#conversation);
    showEmptyState(isEmpty, { title: this.#title, isPrivate }, this.#client.state);
  }

  #showTitle(): void {
    const title = this.#title;
    this.#composer.recipient = title;
    showPlace(this.#place, { title, room: this.#room.value, unread: this.#unread });
  }
}
