// What a request may carry, and how often. Checked before any work is done, and before API Gateway would close the socket.

export const LIMITS = {
  /** API Gateway closes the socket above 32 KB a frame (1009); what is pushed carries up to 1 KB around the content. */
  contentBytes: 31 * 1024,
  nameCharacters: 64,
  roomCharacters: 128,
  userIdCharacters: 128,
  /** A user id as it is percent-encoded in the name of a direct conversation. */
  userIdEncoded: 384,
  idCharacters: 128,
  requestIdCharacters: 128,
  /** `direct:` and two user ids, each percent-encoded; with what is put before it, a key of at most 2,048 bytes (aws facts §11.1). */
  conversationCharacters: 800,
  /** What a replaced system's clients add to a message for their own kind; taken from the content's share. */
  extraBytes: 4 * 1024,
  cursorCharacters: 64,
  /** An identity provider's; at the handshake the URL's and the headers' own limits come first (aws facts §5.1). */
  tokenCharacters: 8 * 1024,
  roomsPerConnection: 100,
  usersPerGroup: 100,
  conversationsPerResume: 25,
  pageOfMessages: { default: 50, most: 100 },
  /** A frame of several entries ends at 32 KB: so much is one billed message, and not more is one frame (aws facts §5.1, §12). */
  entriesPerPush: 100,
  signalsPerPush: 100,
  pushBytes: 32 * 1024,
  /**
   * Token buckets: `perSecond` for long, `burst` at once. They live in the function's memory, so they bound what one instance does
   * for a connection, user or conversation – with n instances up to n times as much. The stage's throttle bounds the whole.
   */
  rates: {
    connection: { perSecond: 50, burst: 100 },
    user: { perSecond: 100, burst: 200 },
    conversation: { perSecond: 200, burst: 400 },
  },
} as const;
