/** The direct and group conversations of a user, whether they are here or not. */
export interface Inboxes {
  note(userId: string, conversation: string): Promise<void>;
  /** Nobody could be reached: from this entry on the user has missed the conversation. */
  noteMissed(userId: string, conversation: string, seq: number): Promise<void>;
  /** The missed part was sent; false when something else was missed meanwhile. */
  settle(userId: string, conversation: string, missedFrom: number): Promise<boolean>;
  has(userId: string, conversation: string): Promise<boolean>;
  /** Those of the users who do not have it. */
  strangers(conversation: string, users: readonly string[]): Promise<readonly string[]>;
  list(userId: string): Promise<readonly { readonly conversation: string; readonly missedFrom?: number }[]>;
}
