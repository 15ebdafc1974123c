/** Hands over the lines of a stream that are not empty, the last one also without its end. */
export function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = "";
  const takeText = (line: string): void => {
    if (line !== "") take(line);
  };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) takeText(line);
  });
  stream.on("end", () => takeText(rest));
}
