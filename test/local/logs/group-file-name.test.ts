import { expect } from "chai";
import fc from "fast-check";
import { groupFileName } from "#local/logs/group-file-name.ts";

describe("file name of a log group", () => {
  it("reads like the group", () => {
    expect(groupFileName("/aws/lambda/chat-dev-message")).to.equal("aws.lambda.chat-dev-message.jsonl");
    expect(groupFileName("chat-dev-logs")).to.equal("chat-dev-logs.jsonl");
  });

  it("keeps apart groups that would look the same", () => {
    const groups = ["/a/b", "/a.b", "a/b", "a.b", "/a/b/", "/A/b", "/A/B", "//a/b"];
    const files = groups.map((group) => groupFileName(group).toLowerCase());
    expect(new Set(files).size).to.equal(groups.length);
  });

  it("is no device name of Windows", () => {
    expect(groupFileName("/con")).to.match(/^con~[0-9a-f]{12}\.jsonl$/);
  });

  it("is short enough for every file system", () => {
    expect(groupFileName(`/${"x".repeat(511)}`).length).to.be.lessThan(256);
  });

  it("never is the same for two groups, on a disk that ignores case either", () => {
    const character = fc.constantFrom(..."aAbB01._-/#");
    const group = fc.string({ unit: character, minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(group, group, (one, other) => {
        fc.pre(one !== other);
        return groupFileName(one).toLowerCase() !== groupFileName(other).toLowerCase();
      }),
    );
  });
});
