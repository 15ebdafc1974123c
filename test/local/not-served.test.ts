import { expect } from "chai";
import { notServedLine } from "#local/not-served.ts";

describe("resources that are not served", () => {
  it("are named by their addresses, and together where there are many of a type", () => {
    const queries = ["a", "b", "c", "d"].map((name) => `aws_cloudwatch_query_definition.${name}`);
    expect(notServedLine(["aws_sqs_queue.jobs", ...queries, "aws_sqs_queue.failed"])).to.equal(
      "not served here: aws_sqs_queue.jobs, aws_sqs_queue.failed, aws_cloudwatch_query_definition.* (4)",
    );
  });
});
