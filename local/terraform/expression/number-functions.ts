import { toList, toNumber, toText } from "./convert.ts";
import { ExpressionError } from "./expression-error.ts";
import type { TerraformFunction } from "./functions.ts";

export const numberFunctions: Readonly<Record<string, TerraformFunction>> = {
  abs: ([number]) => Math.abs(toNumber(number)),
  ceil: ([number]) => Math.ceil(toNumber(number)),
  floor: ([number]) => Math.floor(toNumber(number)),
  max: (numbers) => Math.max(...numbers.map(toNumber)),
  min: (numbers) => Math.min(...numbers.map(toNumber)),
  pow: ([base, exponent]) => toNumber(base) ** toNumber(exponent),
  log: ([number, base]) => Math.log(toNumber(number)) / Math.log(toNumber(base)),
  signum: ([number]) => Math.sign(toNumber(number)),
  sum: ([numbers]) =>
    toList(numbers)
      .map(toNumber)
      .reduce((total, number) => total + number, 0),
  parseint: ([text, base]) => {
    const number = Number.parseInt(toText(text), toNumber(base));
    if (Number.isNaN(number))
      throw new ExpressionError(`${JSON.stringify(text)} is no number of base ${toNumber(base)}`);
    return number;
  },
  tonumber: ([value]) => (value === null ? null : toNumber(value)),
};
