// Changing and taking back what was said: through the message box, and after a question.
import type { Client } from "#client/client.ts";
import { attempt } from "./attempt.ts";
import type { Composer } from "./composer.ts";
import { confirmDeletion } from "./confirm-deletion.ts";
import type { MessageActions } from "./message-actions.ts";
import type { ShownMessage } from "./timeline.ts";

export function changing(client: Client, composer: Composer): MessageActions {
  return {
    edit({ conversation, seq, content }: ShownMessage): void {
      if (seq === undefined) return;
      composer.edit(content, (changed) => void attempt(client.editMessage(conversation, seq, changed)));
    },
    async remove({ conversation, seq, content }: ShownMessage): Promise<void> {
      if (seq === undefined || !(await confirmDeletion(content))) return;
      composer.stopEditing();
      composer.focus();
      await attempt(client.deleteMessage(conversation, seq));
    },
  };
}
