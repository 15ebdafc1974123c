// Where the reader is: at the end, and then new messages scroll into view – or further up, and then the page stays still and a
// button counts what came.
import { byId } from "./element.ts";

/** A finger's breadth from the end still counts as the end. */
const NEAR_PX = 80;

export interface ReadingPorts {
  changed(unread: number): void;
  /** The reader sees the end. */
  seen(): void;
}

export class ReadingPosition {
  readonly #scroller = byId("scroller", HTMLElement);
  readonly #button = byId("unread", HTMLButtonElement);
  readonly #ports: ReadingPorts;
  #unread = 0;

  constructor(ports: ReadingPorts) {
    this.#ports = ports;
    this.#button.addEventListener("click", () => {
      this.toEnd();
      byId("message", HTMLTextAreaElement).focus();
    });
    this.#scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    document.addEventListener("visibilitychange", () => this.#look());
    // A growing message box or an opening keyboard takes room away: the end stays in view.
    let atEnd = true;
    this.#scroller.addEventListener("scroll", () => (atEnd = this.#isAtEnd()), { passive: true });
    new ResizeObserver(() => atEnd && this.toEnd()).observe(this.#scroller);
  }

  /** Call around a change of the list. `isNews`: it counts as unread when the reader does not see it. */
  during(change: () => void, { isNews = false, toEnd = false } = {}): void {
    const wasAtEnd = this.#isAtEnd();
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    change();
    if (toEnd || wasAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    else if (!isNews) this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
    if (isNews && ((!wasAtEnd && !toEnd) || document.hidden)) this.#count(this.#unread + 1);
  }

  get seesEnd(): boolean {
    return this.#isAtEnd() && !document.hidden;
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#look();
  }

  #look(): void {
    if (!this.seesEnd) return;
    this.#count(0);
    this.#ports.seen();
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #count(unread: number): void {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#button.hidden = unread === 0 || this.#isAtEnd();
    this.#button.textContent = unread === 1 ? "1 new message ↓" : `${unread} new messages ↓`;
    this.#ports.changed(unread);
  }
}
