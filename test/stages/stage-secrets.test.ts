import { expect } from "chai";
import { formatProblem } from "#infra/stage-file/problem.ts";
import { problemsOf, refusalOf, StageFolder } from "./stage-folder.ts";

describe("a stage file", () => {
  describe("with secrets in it", () => {
    const secretIn = (environment: object) => refusalOf({ functions: { message: { environment } } });

    for (const [kind, value] of [
      ["an AWS access key id", "AKIAIOSFODNN7EXAMPLE"],
      ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
      ["a signed token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln"],
      ["a URL with a password", "redis://user:hunter2@cache:6379"],
      ["a secret: a long random text", "k3Jd8sLq0PzXvB7nM2wRtY5uHc9GfA1eQi"],
    ] as const) {
      it(`is refused for ${kind}, without repeating it`, () => {
        const problem = secretIn({ SETTING: value });
        expect(problem.found).to.equal(`what looks like ${kind}`);
        expect(formatProblem(problem)).not.to.include(value);
      });
    }

    it("is refused for a value whose name says it is one", () => {
      expect(secretIn({ DB_PASSWORD: "hunter2" }).expected).to.include("ssm:/path");
    });

    it("is accepted when it says where a secret is kept", () => {
      const environment = {
        JWT_SECRET: "ssm:/chat/jwt",
        TOKEN_TTL_SECONDS: "900",
        TOKEN_URL: "https://id.example.com/token",
      };
      expect(problemsOf(new StageFolder().stage({ functions: { message: { environment } } }))).to.deep.equal([]);
    });

    it("is refused for a place that is none, and for one that two functions would read", () => {
      expect(secretIn({ KEY: "ssm:key" })).to.include({ expected: "ssm:/path or secretsmanager:name" });
      const environment = { KEY: "secretsmanager:chat/key" };
      const problem = refusalOf({ functions: { message: { environment }, connect: { environment } } });
      expect(problem.expected).to.match(/^one function that reads it: "(connect|message)" does\./);
    });

    it("is refused for secrets in stage variables and tags too", () => {
      expect(refusalOf({ stageVariables: { key: "AKIAIOSFODNN7EXAMPLE" } }).pointer).to.equal("/stageVariables/key");
      expect(refusalOf({ tags: { key: "AKIAIOSFODNN7EXAMPLE" } }).pointer).to.equal("/tags/key");
    });
  });
});
