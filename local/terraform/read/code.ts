// Where a function's code lies on this machine: a zip, or better the directory it is made of, which is always the newest.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** Absolute path of a zip or directory; a problem when there is none. */
export function readCode(fields: Fields, reading: Reading): string {
  const image = fields.text("image_uri");
  const key = fields.text("s3_key");
  if (image !== undefined || fields.text("package_type") === "Image") {
    fields.problem("the code is a container image, which is not served; expected is a zip or directory");
    return "";
  }
  const filename = key === undefined ? fields.required("filename") : uploaded(reading, key);
  if (filename === undefined) {
    fields.problem(
      `the code comes from s3_key ${JSON.stringify(key)}, and no aws_s3_object with this key and a source is here; expected is filename, a zip or directory`,
    );
    return "";
  }
  if (filename === "") return "";
  const zip = resolve(reading.directory, filename);
  const path = archived(reading, zip) ?? zip;
  if (!existsSync(path))
    fields.problem(
      `filename is ${JSON.stringify(filename)}, and there is no ${path}; build the functions and synthesize again`,
    );
  return path;
}

/** The file that Terraform itself uploads under the key. */
function uploaded(reading: Reading, key: string): string | undefined {
  const objects = [...reading.resources("aws_s3_object"), ...reading.resources("aws_s3_bucket_object")];
  const object = objects.find((one) => one.text("key") === key);
  if (object) reading.served.add(object.place);
  return object?.text("source");
}

/** What an archive_file would pack into the zip, unless it packs texts. */
function archived(reading: Reading, zip: string): string | undefined {
  const archives = [...reading.dataSources("archive_file"), ...reading.resources("archive_file")];
  const archive = archives.find((one) => resolve(reading.directory, one.text("output_path") ?? "") === zip);
  if (archive) reading.served.add(archive.place);
  const directory = archive?.text("source_dir");
  const file = archive?.text("source_file");
  if (directory !== undefined) return resolve(reading.directory, directory);
  return file === undefined ? undefined : dirname(resolve(reading.directory, file));
}
