/** Ctrl-C and SIGTERM close what runs, once, and the process ends with 0; a second Ctrl-C does not wait. */
export function onInterrupt(close: () => Promise<void>): void {
  let closing = false;
  const end = () => {
    if (closing) process.exit(130);
    closing = true;
    close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}
