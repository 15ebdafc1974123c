// What the page does: which event of the client changes what is seen, and which act of the person asks what of the client.
import type { Client, ClientEvents } from "#client/client.ts";
import { LOBBY, roomConversation } from "#protocol/conversations.ts";
import type { Message } from "#protocol/messages.ts";
import { attempt } from "./attempt.ts";
import { Composer } from "./composer.ts";
import { ConnectionView } from "./connection-view.ts";
import { byId } from "./element.ts";
import { showEmptyState } from "./empty-state.ts";
import { failureInWords } from "./human-words.ts";
import { type Identity, remember } from "./identity.ts";
import { showPeople } from "./people-view.ts";
import { ReadingPosition } from "./reading-position.ts";
import { rememberedRoom, rememberRoom } from "./remembered-room.ts";
import { type Roster, rosterAfter, rosterOf, shownName } from "./roster.ts";
import { sendMessage } from "./sending.ts";
import { Setting } from "./setting.ts";
import { SidePanel } from "./side-panel.ts";
import { TimelineView } from "./timeline-view.ts";
import { toast } from "./toasts.ts";

const HISTORY = 50;

export class ChatPage {
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #connection: ConnectionView;
  readonly #composer = new Composer((content) => this.#send(content));
  readonly #name = new Setting("name", (name, previous) => void this.#rename(name, previous));
  readonly #room = new Setting("room", (room, previous) => this.#moveTo(room, previous));
  readonly #panel = new SidePanel();
  readonly #position = new ReadingPosition((unread) => this.#showTitle(unread));
  readonly #timeline = new TimelineView(this.#position, () => this.#me);
  readonly #messages = byId("messages", HTMLOListElement);
  readonly #earlier = byId("earlier", HTMLButtonElement);
  #roster: Roster = new Map();
  #entering: string | undefined;
  #entered: string | undefined;

  constructor(client: Client, identity: Identity) {
    this.#client = client;
    this.#identity = identity;
    this.#connection = new ConnectionView(client);
    this.#name.value = identity.name;
    this.#room.value = rememberedRoom();
    this.#earlier.addEventListener("click", () => void this.#showEarlier());
    client.on("state", (state) => this.#stateChanged(state));
    client.on("message", (message) => this.#received(message));
    client.on("presence", (presence) => this.#presenceChanged(presence));
    client.on("joined", (joined) => this.#joined(joined));
    client.on("gap", (gap) => this.#missing(gap));
    client.on("problem", (error) => toast(failureInWords(error)));
    this.#showTitle(0);
    this.#stateChanged(client.state);
    this.#setRoster(this.#roster);
  }

  get #me(): string {
    return this.#client.me?.id ?? this.#identity.userId;
  }

  get #conversation(): string {
    return roomConversation(this.#room.value);
  }

  #stateChanged(state: ClientEvents["state"]): void {
    const isClosed = state.status === "closed" && state.retryInMs === undefined;
    this.#connection.show(state);
    this.#composer.usable = !isClosed;
    this.#name.usable = !isClosed;
    this.#room.usable = !isClosed;
    if (state.status === "closed") this.#setRoster(new Map());
    if (state.status === "open") {
      void attempt(this.#client.follow(LOBBY));
      void this.#enter();
    }
    this.#showEmpty();
  }

  /** Enters the room that is set, unless we are in it or about to be. After a reconnect the client itself is back in it. */
  async #enter(): Promise<void> {
    const room = this.#room.value;
    if (this.#entered === room || this.#entering === room) return;
    this.#entering = room;
    this.#entered = undefined;
    // The history is no news to be read aloud.
    this.#messages.setAttribute("aria-live", "off");
    const joined = await attempt(this.#client.joinRoom(room, { history: HISTORY }));
    if (this.#entering !== room) return;
    this.#entering = undefined;
    if (joined === undefined) return;
    this.#entered = room;
    this.#messages.setAttribute("aria-live", "polite");
    this.#earlier.hidden = !joined.earlier;
    this.#position.toEnd();
    this.#showEmpty();
  }

  #moveTo(room: string, previous: string): void {
    rememberRoom(room);
    this.#timeline.clear();
    this.#earlier.hidden = true;
    this.#setRoster(new Map());
    this.#showTitle(0);
    this.#showEmpty();
    this.#panel.hide();
    void attempt(this.#client.leaveRoom(previous));
    void this.#enter();
    this.#composer.focus();
  }

  async #rename(name: string, previous: string): Promise<void> {
    const ack = await attempt(this.#client.setName(name));
    this.#name.value = ack?.name ?? previous;
    if (ack === undefined) return;
    remember({ userId: this.#identity.userId, name: ack.name });
    if (this.#roster.has(this.#me))
      this.#setRoster(new Map(this.#roster).set(this.#me, { id: this.#me, name: ack.name }));
  }

  #send(content: string): void {
    const sender = { id: this.#me, name: this.#name.value };
    sendMessage(this.#client, this.#timeline, {
      room: this.#room.value,
      conversation: this.#conversation,
      sender,
      content,
    });
    this.#showEmpty();
  }

  #received(message: Message): void {
    const isOfOtherRoom = message.conversation.startsWith("room:") && message.conversation !== this.#conversation;
    if (isOfOtherRoom) return;
    this.#timeline.show(message, { isNews: this.#entered !== undefined });
    this.#showEmpty();
  }

  async #showEarlier(): Promise<void> {
    const conversation = this.#conversation;
    const before = this.#timeline.oldestSeq(conversation);
    this.#earlier.disabled = true;
    const page = await attempt(
      this.#client.getMessages({ conversation, limit: HISTORY, ...(before === undefined ? {} : { before }) }),
    );
    this.#earlier.disabled = false;
    if (page === undefined || conversation !== this.#conversation) return;
    for (const message of page.messages) this.#timeline.show(message, { isNews: false });
    this.#earlier.hidden = !page.more;
  }

  #presenceChanged(presence: ClientEvents["presence"]): void {
    const { conversation, event, user } = presence;
    if (conversation !== this.#conversation) return;
    const known = this.#roster.get(user.id);
    this.#setRoster(rosterAfter(this.#roster, presence));
    if (user.id === this.#me) return;
    if (event === "join" && known === undefined) this.#timeline.note(`${shownName(user)} joined`);
    if (event === "leave" && known !== undefined) this.#timeline.note(`${shownName(user)} left`);
    if (event === "rename" && known !== undefined && known.name !== user.name) {
      this.#timeline.note(`${shownName(known)} is now called ${shownName(user)}`);
    }
  }

  #joined({ room, members }: ClientEvents["joined"]): void {
    if (room === this.#room.value) this.#setRoster(rosterOf(members));
  }

  #missing({ conversation, from, to }: ClientEvents["gap"]): void {
    if (conversation !== this.#conversation) return;
    const count = to - from + 1;
    this.#timeline.note(
      count === 1 ? "One message here is no longer available" : `${count} messages here are no longer available`,
    );
  }

  #setRoster(roster: Roster): void {
    this.#roster = roster;
    showPeople(roster, this.#me);
  }

  #showEmpty(): void {
    showEmptyState(this.#timeline.isEmpty, this.#room.value, this.#client.state);
  }

  #showTitle(unread: number): void {
    const room = this.#room.value;
    byId("room-title", HTMLElement).textContent = `# ${room}`;
    this.#composer.room = room;
    document.title = `${unread === 0 ? "" : `(${unread}) `}#${room} · Chat`;
  }
}
