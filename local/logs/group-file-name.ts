import { createHash } from "node:crypto";

/** Windows opens devices by these names, whatever the extension. */
const windowsDevice = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** `/aws/lambda/chat-dev-message`, `chat-dev-logs` */
const usual = /^(\/[a-z0-9_#-]+(\/[a-z0-9_#-]+)+|[a-z0-9_#-]+)$/;

/**
 * The file of a log group: `/aws/lambda/chat-dev-message` is `aws.lambda.chat-dev-message.jsonl`.
 *
 * Names for which that would be ambiguous (dots, capitals on a disk that ignores case, `/a` beside `a`, too long for a file)
 * get a hash of the name behind a `~`, which no group name contains: two groups never share a file.
 */
export function groupFileName(group: string): string {
  const readable = group.replace(/^\//, "").replace(/[^A-Za-z0-9_#-]/g, ".");
  const plain = usual.test(group) && group.length <= 200 && !windowsDevice.test(readable);
  if (plain) return `${readable}.jsonl`;
  const hash = createHash("sha256").update(group).digest("hex").slice(0, 12);
  return `${readable.slice(0, 200)}~${hash}.jsonl`;
}
