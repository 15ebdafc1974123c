// Java's numbers. An integer is exact up to 64 bit: where a double is not, it is a bigint, and nowhere else, so that two that are equal
// are of one type. What is larger is a double, as is every fraction.

export type JavaNumber = number | bigint;

export function isNumber(value: unknown): value is JavaNumber {
  return typeof value === "number" || typeof value === "bigint";
}

/** Of digits, with a sign or without. */
export function integerOf(digits: string): JavaNumber {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : integer(BigInt(digits.replace(/^\+/, "")));
}

/** Integers stay integers; undefined: there is no result. */
export type Calculate = (a: JavaNumber, b: JavaNumber) => JavaNumber | undefined;

export const add = calculation(
  (a, b) => a + b,
  (a, b) => a + b,
);
export const subtract = calculation(
  (a, b) => a - b,
  (a, b) => a - b,
);
export const multiply = calculation(
  (a, b) => a * b,
  (a, b) => a * b,
);
export const divide = unlessByZero(
  calculation(
    (a, b) => a / b,
    (a, b) => a / b,
  ),
);
export const remainder = unlessByZero(
  calculation(
    (a, b) => a % b,
    (a, b) => a % b,
  ),
);

function calculation(ofIntegers: (a: bigint, b: bigint) => bigint, ofDoubles: (a: number, b: number) => number) {
  return (a: JavaNumber, b: JavaNumber): JavaNumber =>
    isInteger(a) && isInteger(b) ? integer(ofIntegers(BigInt(a), BigInt(b))) : ofDoubles(Number(a), Number(b));
}

function unlessByZero(calculate: Calculate): Calculate {
  return (a, b) => (Number(b) === 0 ? undefined : calculate(a, b));
}

function isInteger(value: JavaNumber): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

function integer(value: bigint): JavaNumber {
  const number = Number(value);
  return Number.isSafeInteger(number) || BigInt.asIntN(64, value) !== value ? number : value;
}
