// For `npm start`: when a source changes, what is made of it is made again. The running stack watches the result and takes it.
import { FileWatch } from "#local/watch-files.ts";

export interface RebuildOptions {
  /** Files and directories; of the latter all that is in them. */
  readonly sources: readonly string[];
  rebuild(): Promise<unknown>;
  onError(error: Error): void;
}

/** One after the other: what changes during a rebuild leads to another. The result ends it. */
export function rebuildOnChange({ sources, rebuild, onError }: RebuildOptions): () => void {
  let last: Promise<void> = Promise.resolve();
  let waiting = false;
  const files = new FileWatch(() => {
    files.watch(sources);
    if (waiting) return;
    waiting = true;
    last = last
      .then(() => {
        waiting = false;
        return rebuild();
      })
      .then(() => {}, onError);
  });
  files.watch(sources);
  return () => files.close();
}
