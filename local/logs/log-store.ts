// CloudWatch Logs, as far as a laptop needs it: each record goes to the terminal and to its group's file, one JSON object a line.
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../make-directory.ts";
import { groupFileName } from "./group-file-name.ts";

export interface LogRecord {
  readonly group: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogStore {
  /** Never waits: records of a group are written in the order of the calls. After close() they are dropped. */
  write(record: LogRecord): void;
  /** Settles when every record is in its file. */
  close(): Promise<void>;
}

export interface LogStoreOptions {
  /** Where the files go; without it nothing is kept. */
  readonly directory?: string;
  readonly print?: (record: LogRecord) => void;
}

export function openLogStore(options: LogStoreOptions): LogStore {
  const { directory, print } = options;
  const files = new Map<string, WriteStream>();
  let open = true;
  if (directory !== undefined) makeDirectory(directory, "The directory of logs");

  function fileOf(group: string, inDirectory: string): WriteStream {
    const known = files.get(group);
    if (known) return known;
    const path = join(inDirectory, groupFileName(group));
    const file = createWriteStream(path, { flags: "a" });
    // A full disk must not end the emulator: the records of this group are lost, and said to be.
    file.on("error", (error) =>
      process.emitWarning(`Log group ${group} is no longer written to ${path}: ${error.message}`),
    );
    files.set(group, file);
    return file;
  }

  return {
    write(record) {
      if (!open) return;
      print?.(record);
      if (directory === undefined) return;
      const file = fileOf(record.group, directory);
      const { group, stream, timestamp, message } = record;
      if (file.writable) file.write(`${JSON.stringify({ group, stream, timestamp, message })}\n`);
    },
    async close() {
      open = false;
      await Promise.all([...files.values()].map(finished));
      files.clear();
    },
  };
}

function finished(file: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (file.closed) return resolve();
    file.once("close", () => resolve());
    file.end();
  });
}
