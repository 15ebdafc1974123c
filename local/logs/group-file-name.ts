import { createHash } from "node:crypto";

/** Windows opens devices by these names, whatever the extension. */
const windowsDevice = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * The file of a log group: `/aws/lambda/chat-dev-message` is `aws.lambda.chat-dev-message.jsonl`.
 *
 * Names for which that would be ambiguous (dots, capitals on a disk that ignores case, no leading slash, too long for a file)
 * get a hash of the name behind a `~`, which no group name contains: two groups never share a file.
 */
export function groupFileName(group: string): string {
  const readable = group.replace(/^\//, "").replace(/[^A-Za-z0-9_#-]/g, ".");
  const plain = /^\/[a-z0-9_#-]+(\/[a-z0-9_#-]+)*$/.test(group) && group.length <= 200 && !windowsDevice.test(readable);
  if (plain) return `${readable}.jsonl`;
  const hash = createHash("sha256").update(group).digest("hex").slice(0, 12);
  return `${readable.slice(0, 200)}~${hash}.jsonl`;
}
