// How far this person has read each private conversation, remembered from visit to visit, so that a newcomer's message shows as new.

type ReadMarks = Readonly<Record<string, number>>;

export function rememberedRead(userId: string, conversation: string): number {
  return load(userId)[conversation] ?? 0;
}

export function rememberRead(userId: string, conversation: string, seq: number): void {
  const marks = load(userId);
  if ((marks[conversation] ?? 0) >= seq) return;
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify({ ...marks, [conversation]: seq }));
  } catch {
    // A full or forbidden storage costs only that read conversations may look unread next time.
  }
}

/** The conversation is numbered anew. */
export function forgetRead(userId: string, conversation: string): void {
  const { [conversation]: _, ...others } = load(userId);
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify(others));
  } catch {
    // As above.
  }
}

function keyOf(userId: string): string {
  return `websocket-api.read.${userId}`;
}

function load(userId: string): ReadMarks {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(userId)) ?? "{}");
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).filter(([, seq]) => Number.isSafeInteger(seq)));
    }
  } catch {
    // Not ours, or written by another version: begin anew.
  }
  return {};
}
