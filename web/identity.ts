// Who this window is. The first window of a browser is the person it was last time (localStorage); every further one is a new
// person (sessionStorage), so that two windows side by side can chat. A lock per user id tells whether another window is that
// person right now – also for a duplicated tab, which starts with a copy of the first one's sessionStorage.
import { friendlyName } from "./friendly-name.ts";

export interface Identity {
  readonly userId: string;
  readonly name: string;
  /** The issuer gave it. */
  readonly nameIsFixed?: boolean;
  /** The person has chosen another one. */
  renamed?(name: string): void;
}

const KEY = "websocket-api.identity";
/** On reload the new page starts before the old one has let go. */
const HANDOVER_MS = 500;

export async function claimIdentity(): Promise<Identity> {
  const { userId, name } = await claimed();
  return { userId, name, renamed: (changed) => void remember({ userId, name: changed }) };
}

async function claimed(): Promise<Identity> {
  const ofThisWindow = load(sessionStorage);
  if (ofThisWindow !== undefined && (await claim(ofThisWindow.userId, HANDOVER_MS))) return remember(ofThisWindow);
  const ofLastTime = load(localStorage);
  if (ofLastTime !== undefined && (await claim(ofLastTime.userId, 0))) return remember(ofLastTime);
  const newcomer = { userId: newUserId(), name: friendlyName() };
  await claim(newcomer.userId, 0);
  return remember(newcomer);
}

function remember(identity: Identity): Identity {
  save(sessionStorage, identity);
  const firstWindow = load(localStorage);
  if (firstWindow === undefined || firstWindow.userId === identity.userId) save(localStorage, identity);
  return identity;
}

/** True when no other window holds this user id; it is then ours for as long as this window lives. */
function claim(userId: string, patienceMs: number): Promise<boolean> {
  // The Web Locks API exists on https and localhost. Elsewhere a window trusts what it remembers.
  if (!("locks" in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const untilTheWindowCloses = new Promise<never>(() => undefined);
    const held = (lock: Lock | null) => {
      resolve(lock !== null);
      return lock === null ? undefined : untilTheWindowCloses;
    };
    const patience = patienceMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(patienceMs) };
    navigator.locks.request(`${KEY}.${userId}`, patience, held).catch(() => resolve(false));
  });
}

function load(storage: Storage): Identity | undefined {
  try {
    const value = JSON.parse(storage.getItem(KEY) ?? "null") as Partial<Identity> | null;
    if (typeof value?.userId === "string" && typeof value.name === "string")
      return { userId: value.userId, name: value.name };
  } catch {
    // Not ours, or written by an older version: begin anew.
  }
  return undefined;
}

function save(storage: Storage, identity: Identity): void {
  try {
    storage.setItem(KEY, JSON.stringify(identity));
  } catch {
    // A full or forbidden storage costs only the memory of the name.
  }
}

function newUserId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}
