// console.* as Lambda's Node.js runtime writes it (aws facts §10.4). process.stdout is left alone, as there: ../raw-lines.ts has it.
import { format } from "node:util";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/**
 * @param {import("../worker-protocol.ts").WorkerSettings} settings
 * @param {() => string | undefined} requestId
 * @param {(timestamp: number, line: string) => void} write
 */
export function patchConsole({ logFormat, applicationLevel }, requestId, write) {
  const lowest = logFormat === "JSON" ? Math.max(0, levels.indexOf(applicationLevel)) : 0;
  const toLine = logFormat === "JSON" ? jsonLine : textLine;

  /** @type {(level: string) => (...values: unknown[]) => void} */
  const writer = (level) => {
    if (levels.indexOf(level) < lowest) return () => {};
    return (...values) => {
      const timestamp = Date.now();
      write(timestamp, toLine(new Date(timestamp).toISOString(), requestId(), level, values));
    };
  };

  console.trace = writer("TRACE");
  console.debug = writer("DEBUG");
  console.log = writer("INFO");
  console.info = console.log;
  console.warn = writer("WARN");
  console.error = writer("ERROR");
  Object.assign(console, { fatal: writer("FATAL") });

  return {
    /**
     * What the runtime itself logs of a handler that failed.
     * @param {import("../worker-protocol.ts").FunctionError} failure
     */
    logError({ errorType, errorMessage, trace }) {
      const timestamp = Date.now();
      const time = new Date(timestamp).toISOString();
      const report = { errorType, errorMessage, stackTrace: trace };
      if (logFormat === "JSON") {
        write(timestamp, JSON.stringify({ timestamp: time, level: "ERROR", requestId: requestId(), message: report }));
      } else {
        const text = JSON.stringify({ errorType, errorMessage, stack: trace });
        write(timestamp, `${time}\t${requestId() ?? "undefined"}\tERROR\tInvoke Error \t${text}`);
      }
    },
  };
}

/** @type {(time: string, requestId: string | undefined, level: string, values: unknown[]) => string} */
function textLine(time, requestId, level, values) {
  return `${time}\t${requestId ?? "undefined"}\t${level}\t${format(...values)}`;
}

/** @type {(time: string, requestId: string | undefined, level: string, values: unknown[]) => string} */
function jsonLine(time, requestId, level, values) {
  const record = { timestamp: time, level, requestId };
  if (values.length === 1) {
    try {
      // A single object stays an object: what is JSON already is not encoded twice.
      return JSON.stringify({ ...record, message: values[0] }, errorAsObject);
    } catch {
      return JSON.stringify({ ...record, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...record, message: format(...values), ...(error && describe(error)) });
}

/** @type {(key: string, value: unknown) => unknown} */
function errorAsObject(_key, value) {
  return value instanceof Error ? { ...describe(value), ...value } : value;
}

/** @param {Error} error */
function describe(error) {
  return {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: (error.stack ?? "").split("\n"),
  };
}
