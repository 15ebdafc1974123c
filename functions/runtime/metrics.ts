// CloudWatch makes metrics of log lines in its embedded metric format: no call, and the line is there for the queries, too. Written to
// standard output as it is: with the log format JSON, console.log would wrap it into a record that CloudWatch does not look into. Lambda takes
// a line without a level for INFO and leaves it out where that is (log level filtering, aws/aws-lambda-python-runtime-interface-client#202), so
// it has the lowest that production stages keep.

type Unit = "Count" | "Bytes" | "Milliseconds" | "None";

export interface Metrics {
  readonly units: Readonly<Record<string, Unit>>;
  /** One for each unit. */
  readonly values: Readonly<Record<string, number>>;
  readonly dimensions: Readonly<Record<string, string>>;
  /** What is not counted, for whoever reads the line. */
  readonly properties: Readonly<Record<string, unknown>>;
}

const NAMESPACE = "WebSocketApi";

export function standardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @param now milliseconds since 1970 */
export function writeMetrics(
  { units, values, dimensions, properties }: Metrics,
  now: number,
  write: (line: string) => void,
): void {
  const Metrics = Object.entries(units).map(([Name, Unit]) => ({ Name, Unit }));
  const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics }];
  const _aws = { Timestamp: now, CloudWatchMetrics };
  write(JSON.stringify({ _aws, level: "WARN", ...dimensions, ...properties, ...values }));
}
