import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { printLog } from "#local/print-log.ts";
import { buildFunction } from "./support/stack-builder.ts";

describe("printed logs", () => {
  const printed = (message: string): string => {
    const lines: string[] = [];
    const print = printLog([buildFunction("f")], (line) => lines.push(stripVTControlCharacters(line)));
    print({ group: "/aws/lambda/f", stream: "s", timestamp: 0, message });
    return lines.join("\n");
  };

  it("show level and message of a JSON record", () => {
    expect(printed('{"level":"WARN","message":{"a":[1]}}')).to.equal('00:00:00.000 f WARN {"a":[1]}');
  });

  it("show a record as it is that is nested too deep to be made readable", () => {
    const message = `{"message":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    expect(printed(message) === `00:00:00.000 f INFO ${message}`).to.equal(true);
  });
});
