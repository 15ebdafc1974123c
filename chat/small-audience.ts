import type { Member, Ports } from "./ports.ts";

/**
 * Everyone in the conversation; undefined when they are more than `directAudienceLimit`. Such a crowd is not told who comes, goes, types
 * and reads: that would be a push from everybody to everybody, and cost more than all that is said.
 */
export async function smallAudience(
  { memberships, directAudienceLimit }: Pick<Ports, "memberships" | "directAudienceLimit">,
  conversation: string,
): Promise<readonly Member[] | undefined> {
  const { members } = await memberships.atMost(conversation, directAudienceLimit + 1);
  return members.length > directAudienceLimit ? undefined : members;
}
