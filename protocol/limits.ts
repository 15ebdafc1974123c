// What a request may carry. Sizes are checked before any work is done.

export const LIMITS = {
  /** API Gateway closes the socket above 32 KB a frame (1009); what is pushed carries up to 1 KB around the content. */
  contentBytes: 31 * 1024,
  nameCharacters: 64,
  roomCharacters: 128,
  userIdCharacters: 128,
  idCharacters: 128,
  requestIdCharacters: 128,
  /** `direct:` and two user ids, each percent-encoded. */
  conversationCharacters: 2048,
  roomsPerConnection: 100,
  pageOfMessages: { default: 50, most: 100 },
} as const;
