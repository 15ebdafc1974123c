import path from "node:path";

/** As people would type it: relative to the working directory when it lies inside. */
export function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
}
