import { join } from "node:path";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { startLambda } from "#local/lambda/lambda-service.ts";
import { MemoryLogs } from "../support/running-gateway.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { buildFunction, region } from "../support/stack-builder.ts";

describe("warming functions", () => {
  it("starts those a handshake waits for before the others, whatever becomes of them", async () => {
    const directory = new TestDirectory();
    const started: string[] = [];
    const logs = new MemoryLogs();
    const write = logs.write.bind(logs);
    logs.write = (record) => {
      if (record.message.includes("started")) started.push(record.group);
      write(record);
    };
    const functions = ["one", "broken", "connect"].map((name) => {
      const end = name === "broken" ? "throw new Error('no');" : "export const handler = () => 1;";
      const code = directory.write(name, { "index.mjs": `console.log("started");\n${end}` });
      return buildFunction(name, { code });
    });
    const codeDirectory = join(directory.path, "unpacked");
    const service = await startLambda({ functions, region, credentials: new Credentials(), logs, codeDirectory });
    await service.warm(["connect", "broken", "unknown"]);
    await service.close();
    directory.remove();
    expect(started.slice(0, 2)).to.have.members(["/aws/lambda/connect", "/aws/lambda/broken"]);
    expect(started.slice(2)).to.deep.equal(["/aws/lambda/one"]);
  });
});
