// The entries of a zip, inflated by Node.js itself: a deployment package of a megabyte in a few milliseconds.
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

const inflate = promisify(inflateRaw);

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

interface Location {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the entry's local header. */
  readonly offset: number;
}

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localHeader = 0x04034b50;
const methods = { stored: 0, deflated: 8 } as const;

/** Throws a sentence for what is no zip, or unpacks to more than `maxBytes`. */
export function readZip(zip: Buffer, maxBytes: number): Promise<ZipEntry[]> {
  const locations = readDirectory(zip);
  const bytes = locations.reduce((sum, { size }) => sum + size, 0);
  if (bytes > maxBytes) throw new Error(`it unpacks to more than ${maxBytes / 1024 / 1024} MB`);
  return Promise.all(locations.map(async (one) => ({ name: one.name, content: await readContent(zip, one) })));
}

function readDirectory(zip: Buffer): Location[] {
  const end = findEnd(zip);
  const locations: Location[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== directoryEntry) throw new Error("its directory is broken");
    const nameLength = zip.readUInt16LE(at + 28);
    locations.push({
      method: zip.readUInt16LE(at + 10),
      compressedSize: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42),
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return locations;
}

/** The directory's end is the zip's, but for a comment of up to 64 KB. */
function findEnd(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 65_535); at--) {
    if (zip.readUInt32LE(at) === endOfDirectory) return at;
  }
  throw new Error("it is no zip");
}

async function readContent(zip: Buffer, { name, method, compressedSize, size, offset }: Location): Promise<Uint8Array> {
  if (offset + 30 > zip.length || zip.readUInt32LE(offset) !== localHeader) throw new Error(`"${name}" is broken`);
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  const data = zip.subarray(start, start + compressedSize);
  if (method === methods.stored) return data;
  if (method !== methods.deflated) throw new Error(`"${name}" is packed with method ${method}; it should be deflated`);
  // Never more than the directory says, which has been counted.
  const content = await inflate(data, { maxOutputLength: Math.max(size, 1) });
  if (content.length !== size) throw new Error(`"${name}" is not as long as the directory says`);
  return content;
}
