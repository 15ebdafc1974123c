// One JSON object per line: with the function's log format JSON, Lambda adds time, level and request id (aws facts §10.4). Never log a message's content.

export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  /** What went well. Production stages leave it out. */
  info(event: string, fields: Fields): void;
  /** Who or what was refused, and why: one line, and nothing is wrong with us. */
  warn(event: string, fields: Fields): void;
  error(event: string, fields: Fields): void;
}

export const consoleLog: Log = {
  info: (event, fields) => console.info({ event, ...fields }),
  warn: (event, fields) => console.warn({ event, ...fields }),
  error: (event, fields) => console.error({ event, ...fields }),
};

/** An error with its causes, in a shape that JSON keeps. */
export function described(error: unknown): Fields {
  if (!(error instanceof Error)) return { message: String(error) };
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return {
    name: error.name,
    message: error.message,
    ...(status === undefined ? {} : { status }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: described(error.cause) }),
  };
}
