import path from "node:path";
import { expect } from "chai";
import { formatProblem, type StageProblem } from "#infra/stage-file/problem.ts";
import { problemsOf, refusalOf, StageFolder } from "./stage-folder.ts";

function messages(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`route${at}`, { function: "message" }]));
}

describe("a stage file", () => {
  it("is accepted when it only changes values of its base", () => {
    expect(problemsOf(new StageFolder().stage({ throttle: { burst: 7 } }))).to.deep.equal([]);
  });

  it("is told everything that is wrong at once, in the file where it stands", () => {
    const folder = new StageFolder();
    folder.write("base.json", {
      ...JSON.parse('{"aws":{"region":"nowhere"},"functions":{"message":{"memoryMb":64}}}'),
      routes: { $connect: { function: "mesage" } },
    });
    const problems = problemsOf(folder.stage({ logs: { level: "WARN" }, tgas: {} }));
    const where = problems.map(({ file, pointer }) => `${path.basename(file)} ${pointer}`);
    expect(where).to.include.members([
      "base.json /aws/region",
      "base.json /functions/message/memoryMb",
      "base.json /routes/$connect/function",
      "dev.json /logs/level",
      "dev.json /logs/retentionDays",
      "dev.json /tgas",
      "dev.json /throttle",
    ]);
  });

  it("is told line and column, pointer, what was found and what would be right", () => {
    const folder = new StageFolder();
    const file = folder.write(
      "dev.json",
      '{\n  "extends": "./base.json",\n  "stage": "dev",\n  "logs": { "level": "WARN" }\n}',
    );
    const [problem] = problemsOf(file);
    expect(formatProblem(problem as StageProblem)).to.equal(
      `${file}:4:22  /logs/level  found "WARN"  expected "OFF", "ERROR" or "INFO", the levels of API Gateway; ` +
        'ERROR is nearest. WARN is a level of functions ("logLevel")',
    );
  });

  describe("of wrong JSON", () => {
    const syntaxOf = (text: string) => problemsOf(new StageFolder().write("dev.json", text));

    it("is refused at a trailing comma", () => {
      const [problem] = syntaxOf('{\n  "stage": "dev",\n}');
      expect(problem).to.include({ line: 3, column: 1, found: "}" });
      expect(problem?.expected).to.include("no comma after the last");
    });

    it("is refused where it is nested without end", () => {
      for (const [open, close] of [
        ["[", "]"],
        ['{"a":', "1}"],
      ] as const) {
        const deep = (levels: number) => `{\n"tags": ${open.repeat(levels)}${close.repeat(levels)} }`;
        const [problem, ...others] = syntaxOf(deep(100_000));
        expect(others).to.deep.equal([]);
        expect(problem).to.include({
          line: 2,
          column: 9 + 49 * open.length,
          found: "the start of level 51",
          expected: "objects and arrays in each other no deeper than 50 levels",
        });
      }
    });

    it("is refused at a comment", () => {
      const [problem] = syntaxOf('{\n  // mine\n  "stage": "dev"\n}');
      expect(problem).to.include({ line: 2, column: 3 });
      expect(problem?.expected).to.include("no comment");
    });

    it("is refused where it ends too early", () => {
      const [problem] = syntaxOf('{ "stage": "dev"');
      expect(problem).to.include({ line: 1, found: "the end of the file", expected: "a closing brace }" });
    });

    it("is refused when it is empty or not an object", () => {
      expect(syntaxOf("")).to.have.length(1);
      expect(syntaxOf("[]")[0]).to.include({ found: "[]", expected: "an object { … }" });
    });

    it("is refused for a key that is there twice, with the line of the first", () => {
      const [problem] = syntaxOf('{\n  "extends": "./base.json",\n  "stage": "dev",\n  "stage": "dev"\n}');
      expect(problem).to.include({
        line: 4,
        column: 3,
        pointer: "/stage",
        expected: "each key once; the first is on line 3",
      });
    });
  });

  it("is refused for a key that JavaScript would lose", () => {
    const [problem] = problemsOf(
      new StageFolder().write("dev.json", '{"extends":"./base.json","tags":{"__proto__":"x"}}'),
    );
    expect(problem).to.include({ pointer: "/tags/__proto__", column: 34 });
  });

  describe("of wrong shape", () => {
    it("is refused for an unknown key, with the known one that was meant", () => {
      const problem = refusalOf({ logs: { levle: "INFO" } });
      expect(problem).to.include({ pointer: "/logs/levle", found: 'the unknown key "levle"' });
      expect(problem.expected).to.match(/^did you mean "level"\? Known here: level, dataTrace/);
    });

    it("is refused for a type that is another", () => {
      expect(refusalOf({ throttle: { burst: "many" } })).to.include({ found: '"many"', expected: "a whole number" });
      expect(refusalOf({ tables: { deletionProtection: "yes" } })).to.include({ expected: "true or false" });
      expect(refusalOf({ functions: { message: 512 } }).expected).to.equal("an object { … }");
    });

    it("is refused for a value that is not offered, with the one that was meant", () => {
      const problem = refusalOf({ functions: { message: { logLevel: "WARNING" } } });
      expect(problem.pointer).to.equal("/functions/message/logLevel");
      expect(problem.expected).to.match(/^did you mean "WARN"\? One of "TRACE", "DEBUG"/);
    });

    it("is refused when a required value was removed, at the null that removed it", () => {
      const folder = new StageFolder();
      const [problem] = problemsOf(folder.write("dev.json", '{"extends":"./base.json","stage":"dev",\n"aws":null}'));
      expect(problem).to.include({ line: 2, column: 7, pointer: "/aws", found: "null" });
    });

    it("is refused for a null where nothing is inherited", () => {
      const problem = refusalOf({ routes: { sendMesage: null } });
      expect(problem).to.include({ pointer: "/routes/sendMesage", found: "null" });
      expect(problem.expected).to.include("nothing is inherited here");
    });
  });

  describe("of wrong routes", () => {
    it("is refused for a function that does not exist, with the one that was meant", () => {
      const problem = refusalOf({ routes: { joinRoom: { function: "mesage" } } });
      expect(problem).to.include({ pointer: "/routes/joinRoom/function", found: '"mesage"' });
      expect(problem.expected).to.equal('did you mean "message"? a key of "functions": connect, message');
    });

    it("is refused for a key of its own that starts with $", () => {
      const problem = refusalOf({ routes: { $conect: { function: "message" } } });
      expect(problem.found).to.equal('the key "$conect"');
      expect(problem.expected).to.match(/^did you mean "\$connect"\? Only \$connect, \$disconnect, \$default/);
    });

    it("is refused for a key with spaces around it", () => {
      expect(refusalOf({ routes: { "send ": { function: "message" } } }).pointer).to.equal("/routes/send ");
    });

    it("is refused for two-way $connect and $disconnect", () => {
      expect(refusalOf({ routes: { $connect: { twoWay: true } } }).pointer).to.equal("/routes/$connect/twoWay");
      expect(refusalOf({ routes: { $disconnect: { twoWay: true } } }).expected).to.include("false");
    });

    it("is refused for more than 300 routes, and accepted with 300", () => {
      expect(refusalOf({ routes: messages(297) })).to.include({ found: "301 routes" });
      expect(problemsOf(new StageFolder().stage({ routes: messages(296) }))).to.deep.equal([]);
    });
  });

  describe("of wrong functions", () => {
    it("is refused for memory Lambda does not offer", () => {
      expect(refusalOf({ functions: { message: { memoryMb: 127 } } }).expected).to.equal("at least 128");
      expect(refusalOf({ functions: { message: { memoryMb: 10_241 } } }).expected).to.equal("at most 10,240");
    });

    it("is refused for a timeout that API Gateway does not wait for", () => {
      const problem = refusalOf({ functions: { message: { timeoutSeconds: 30 } } });
      expect(problem).to.include({ pointer: "/functions/message/timeoutSeconds", found: "30" });
      expect(problem.expected).to.include("at most 29");
    });

    it("is refused for a variable that Lambda or the stack sets", () => {
      expect(refusalOf({ functions: { message: { environment: { AWS_REGION: "x" } } } }).expected).to.include(
        "Lambda sets",
      );
      const short = refusalOf({ functions: { message: { environment: { K: "x" } } } });
      expect(short.pointer).to.equal("/functions/message/environment/K");
      expect(short.expected).to.equal("at least two characters: a letter, then letters, digits and _");
      expect(refusalOf({ functions: { message: { environment: { STAGE: "x" } } } }).expected).to.include(
        "the stack sets",
      );
    });

    it("is refused for more variables than fit", () => {
      const problem = refusalOf({ functions: { message: { environment: { NOTE: "a b".repeat(1024) } } } });
      expect(problem).to.include({ pointer: "/functions/message/environment", found: "3076 bytes of variables" });
    });

    it("is refused for variables that do not fit beside what every function is told of the rooms", () => {
      const environment = { NOTE: "x".repeat(2_500) };
      const roomShards = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`room number ${at}`, 16]));
      const problem = refusalOf({ delivery: { roomShards }, functions: { message: { environment } } });
      expect(problem).to.include({ pointer: "/functions/message/environment", found: "2504 bytes of variables" });
    });

    it("is refused for a name that Lambda would not take", () => {
      const routes = (name: string) => ({ routes: { x: { function: name } }, functions: { [name]: {} } });
      expect(refusalOf(routes("send_message")).expected).to.equal("a letter, then letters, digits and -");
      expect(refusalOf(routes("a".repeat(47))).expected).to.include("has 65 characters");
    });
  });

  describe("of wrong limits", () => {
    it("is refused for shards of rooms that are none, or of what is no room's name", () => {
      const refusal = (roomShards: object) => refusalOf({ delivery: { roomShards } });
      expect(refusal({ "event-*": 0 })).to.include({ pointer: "/delivery/roomShards/event-*", expected: "at least 1" });
      expect(refusal({ news: 101 }).expected).to.equal("at most 100");
      expect(refusal({ "a*b": 2 }).expected).to.equal("the name of a room, or how names begin and a *");
    });

    it("is refused for a burst below 1 and a rate of 0", () => {
      expect(refusalOf({ throttle: { burst: 0 } }).expected).to.equal("at least 1");
      expect(refusalOf({ throttle: { rate: 0 } }).expected).to.equal("more than 0");
    });

    it("is refused for half a throttle", () => {
      const problem = refusalOf({ routes: { sendMessage: { throttle: { burst: 5 } } } });
      expect(problem).to.include({ pointer: "/routes/sendMessage/throttle/rate", found: "nothing" });
      expect(problem.expected).to.include("required");
    });

    it("is refused for more than the account has, of the stage and of a route", () => {
      expect(refusalOf({ throttle: { rate: 10_001 } }).expected).to.include("at most 10,000");
      const route = refusalOf({ routes: { sendMessage: { throttle: { burst: 5001, rate: 10_000 } } } });
      expect(route).to.include({ pointer: "/routes/sendMessage/throttle/burst", found: "5001" });
    });

    it("is refused for more than the account has in a Region that starts lower", () => {
      expect(refusalOf({ aws: { region: "eu-south-2" }, throttle: { rate: 2501 } }).expected).to.include(
        "at most 2,500",
      );
    });

    it("is refused for days CloudWatch does not offer", () => {
      const problem = refusalOf({ logs: { retentionDays: 10 } });
      expect(problem).to.include({ pointer: "/logs/retentionDays", found: "10" });
      expect(problem.expected).to.include("1, 3, 5, 7, 14, 30");
    });

    it("is refused for connections that would be forgotten while they last", () => {
      expect(refusalOf({ delivery: { connectionTtlSeconds: 7200 } }).expected).to.equal("at least 7,800");
    });

    it("is refused for a data trace without a log to go to", () => {
      expect(refusalOf({ logs: { level: "OFF", dataTrace: true } }).pointer).to.equal("/logs/dataTrace");
    });
  });

  describe("of wrong names", () => {
    const named = (file: string, stage: string) =>
      problemsOf(new StageFolder().write(file, { extends: "./base.json", stage }));

    it("is refused when the file is called otherwise", () => {
      expect(named("dev.json", "test").map(({ expected }) => expected)).to.deep.equal([
        '"dev", as the file is called dev.json',
      ]);
    });

    it("is refused for a stage called $default", () => {
      const [problem, ...others] = named("$default.json", "$default");
      expect(problem).to.include({ pointer: "/stage", found: '"$default"' });
      expect(others).to.deep.equal([]);
    });

    it("is refused without a name, which is never inherited", () => {
      const folder = new StageFolder();
      folder.stage();
      const [problem] = problemsOf(folder.write("dev2.json", { extends: "./dev.json" }));
      expect(problem).to.include({ pointer: "/stage", found: "nothing", file: folder.file("dev2.json") });
    });

    it("is refused for an account id that is not twelve digits, and a Region that cannot be one", () => {
      expect(refusalOf({ aws: { accountId: "1234" } }).expected).to.include("12 digits");
      for (const region of ["Virginia", "us-esat-1", "eu-centrl-1", "us-east"])
        expect(refusalOf({ aws: { region } }).expected, region).to.include("us-east-1");
    });

    it("is refused for tags and stage variables AWS does not take", () => {
      expect(refusalOf({ tags: { "aws:owner": "me" } })).to.include({ found: 'the key "aws:owner"' });
      expect(refusalOf({ stageVariables: { "log level": "INFO" } })).to.include({ found: 'the key "log level"' });
      expect(refusalOf({ stageVariables: { note: "a b" } }).pointer).to.equal("/stageVariables/note");
      const many = Object.fromEntries(Array.from({ length: 49 }, (_, at) => [`tag${at}`, ""]));
      expect(refusalOf({ tags: many })).to.include({ found: "50 tags", expected: "at most 49" });
    });
  });
});
