// The room this window was in, or else the one this browser was in last.

const KEY = "websocket-api.room";

export function rememberedRoom(): string {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "general";
}

export function rememberRoom(room: string): void {
  for (const storage of [sessionStorage, localStorage]) {
    try {
      storage.setItem(KEY, room);
    } catch {
      // A full storage costs only the memory of the room.
    }
  }
}
