// What the random provider would have made up; here it is the same at each start.
import type { AttributesByType, Subject } from "./subject.ts";

const text = (of: Subject): string => of.id(Number(of.attribute("length") ?? 16));
const result = (of: Subject) => ({ id: () => text(of), result: () => text(of) });

export const randomAttributes: AttributesByType = {
  random_id: (of) => {
    const hex = (): string =>
      Buffer.from(of.id(Number(of.attribute("byte_length") ?? 8)))
        .toString("hex")
        .slice(0, 2 * Number(of.attribute("byte_length") ?? 8));
    const prefixed = (): string => of.text("prefix") + hex();
    return { id: prefixed, hex: prefixed };
  },
  random_password: result,
  random_pet: (of) => ({ id: () => [of.text("prefix"), of.id(8)].filter((part) => part !== "").join("-") }),
  random_string: result,
};
