// Terraform's format(): the verbs of Go's fmt that it has.
import { toFlag, toNumber, toText } from "./convert.ts";
import { encodeJson } from "./encode-json.ts";
import { ExpressionError } from "./expression-error.ts";

export function format(text: string, values: readonly unknown[]): string {
  let next = 0;
  let highest = 0;
  const formatted = text.replace(
    /%(?:%|([-+0 #]*)(\d+)?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))/g,
    (verb, flags = "", width, precision, position, letter) => {
      if (verb === "%%") return "%";
      const at = position === undefined ? next : Number(position) - 1;
      next = at + 1;
      highest = Math.max(highest, next);
      if (at >= values.length) throw new ExpressionError(`${verb} has no value: ${values.length} were given`);
      const shown = show(letter, flags, precision === undefined ? undefined : Number(precision), values[at]);
      return pad(shown, flags, width === undefined ? 0 : Number(width), letter);
    },
  );
  if (highest < values.length) {
    throw new ExpressionError(`${values.length} values, of which ${JSON.stringify(text)} uses ${highest}`);
  }
  return formatted;
}

function show(letter: string, flags: string, precision: number | undefined, value: unknown): string {
  const sign = (text: string): string => (flags.includes("+") && !text.startsWith("-") ? `+${text}` : text);
  switch (letter) {
    case "v":
      return flags.includes("#") || typeof value === "object" ? encodeJson(value) : toText(value);
    case "s":
      return [...toText(value)].slice(0, precision).join("");
    case "q":
      return encodeJson(toText(value));
    case "t":
      return String(toFlag(value));
    case "d":
      return sign(String(Math.trunc(toNumber(value))));
    case "f":
      return sign(toNumber(value).toFixed(precision ?? 6));
    case "g":
      return sign(
        precision === undefined ? String(toNumber(value)) : String(Number(toNumber(value).toPrecision(precision))),
      );
    case "e":
      return sign(
        toNumber(value)
          .toExponential(precision ?? 6)
          .replace(/e([+-])(\d)$/, "e$10$2"),
      );
    case "b":
      return toNumber(value).toString(2);
    case "o":
      return toNumber(value).toString(8);
    case "x":
      return typeof value === "string" ? Buffer.from(value).toString("hex") : toNumber(value).toString(16);
    case "X":
      return show("x", flags, precision, value).toUpperCase();
    default:
      throw new ExpressionError(`the verb %${letter} is not supported`);
  }
}

function pad(text: string, flags: string, width: number, letter: string): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || letter === "s") return text.padStart(width);
  const [, sign = "", digits = text] = text.match(/^([+-]?)(.*)$/s) ?? [];
  return sign + digits.padStart(width - sign.length, "0");
}
