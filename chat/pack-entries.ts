// As many entries as one billed message carries, as each member of a large audience is shown them: in our own protocol all in one frame, which
// is the same for everybody; in other dialects one after the other.
import type { DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed } from "#protocol/dialects/read-frame.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Entry } from "#protocol/messages.ts";
import type { SignalPack } from "./pack-signals.ts";
import type { Member, SentEntry } from "./ports.ts";

export interface Pack {
  readonly entries: readonly SentEntry[];
  /** The seq of the last of them. */
  readonly through: number;
  /** In the order in which they have to arrive; none for who has nothing to be shown. */
  framesFor(member: Member): readonly string[];
  /** The same with the signals, natively in the same frame; undefined when they do not fit into it. */
  with(signals: SignalPack): Pack | undefined;
}

/** What comes first of `sent`, which is not empty. One entry there is in any case, however large. */
export function packEntries(sent: readonly [SentEntry, ...SentEntry[]]): Pack {
  const [{ entry: first }] = sent;
  const before = `{"type":"entries","conversation":${JSON.stringify(first.conversation)},"entries":[`;
  const texts: string[] = [];
  let bytes = Buffer.byteLength(before) + "]}".length;
  for (const { entry } of sent.slice(0, LIMITS.entriesPerPush)) {
    const text = JSON.stringify(entry);
    bytes += Buffer.byteLength(text) + ",".length;
    if (texts.length > 0 && bytes > LIMITS.pushBytes) break;
    texts.push(text);
  }
  const entries = sent.slice(0, texts.length);
  const [alone = ""] = texts;
  const open = `${before}${texts.join(",")}]`;
  const native = texts.length === 1 ? alone : `${open}}`;
  const pack = { entries, through: entries.at(-1)?.entry.seq ?? first.seq, framesFor: framesOf(entries, native) };
  const withSignals = (signals: SignalPack): Pack | undefined => {
    if (Buffer.byteLength(open) + signals.bytes + 1 > LIMITS.pushBytes) return undefined;
    return { ...pack, framesFor: framesBeside(pack, { native, open }, signals), with: () => undefined };
  };
  return { ...pack, with: withSignals };
}

/** Whoever is not shown the entries, because they are their own, is shown the signals alone. */
function framesBeside(
  { framesFor }: Pick<Pack, "framesFor">,
  { native, open }: { readonly native: string; readonly open: string },
  signals: SignalPack,
): Pack["framesFor"] {
  let fields = "";
  let together: readonly string[] = [native];
  return (member) => {
    const entries = framesFor(member);
    if (entries[0] !== native) return [...entries, ...signals.framesFor(member)];
    const now = signals.fields();
    if (now !== fields) {
      fields = now;
      together = [now === "" ? native : `${open}${now}}`];
    }
    return together;
  };
}

function framesOf(entries: readonly SentEntry[], native: string): Pack["framesFor"] {
  const together = [native];
  const cache = new Map<string, readonly string[]>();
  const senders = new Set(entries.map(({ by }) => by?.connectionId));
  const onlySender = senders.size === 1 ? [...senders][0] : undefined;
  return (member) => {
    // what is assumed of a member that has not shown its dialect: the sender's
    const dialect = member.dialect ?? entries[0]?.by?.dialect ?? "native";
    // the frame of all is not made anew to leave a member's own entries out, which it knows by their seq; one with nothing else is not sent
    if (dialect === "native") return member.connectionId === onlySender ? [] : together;
    return entries.flatMap((sent) => singly(sent, dialect, member, cache));
  };
}

/** Members of the same relation to the sender get the same text, made once. */
function singly(
  { entry, by }: SentEntry,
  dialect: DialectName,
  member: Member,
  cache: Map<string, readonly string[]>,
): readonly string[] {
  const recipient = {
    self: member.connectionId === by?.connectionId,
    own: member.userId === entry.sender.id,
    named: member.name !== undefined,
  };
  const key = `${entry.seq} ${dialect} ${recipient.self} ${recipient.own} ${recipient.named}`;
  const known = cache.get(key);
  if (known) return known;
  const texts = frames(entry, dialect, recipient);
  cache.set(key, texts);
  return texts;
}

function frames(entry: Entry, dialect: DialectName, recipient: Parameters<ReturnType<typeof dialectNamed>["push"]>[1]) {
  return dialectNamed(dialect)
    .push({ type: "entry", entry, direct: false }, recipient)
    .map((frame) => JSON.stringify(frame));
}
