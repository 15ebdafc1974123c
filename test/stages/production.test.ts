import { expect } from "chai";
import { exampleValues } from "#infra/stage-file/example-values.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { problemsOf, StageFolder } from "./stage-folder.ts";

const SAFE = {
  aws: { accountId: "123456789012" },
  logs: { retentionDays: 365, dataTrace: false },
  tables: { pointInTimeRecovery: true, deletionProtection: true },
  alarms: { emails: ["team@chat.test"] },
  auth: { mode: "jwt", issuer: "https://login.chat.test", audience: "chat" },
  functions: { authorize: {} },
};

/** A stage of this name with these changes. */
function stage(name: string, change: object): string {
  return new StageFolder().write(`${name}.json`, { extends: "./base.json", stage: name, ...change });
}

function refused(change: object, name = "prod"): string[] {
  return problemsOf(stage(name, { ...SAFE, ...change })).map(({ pointer, expected }) => `${pointer} ${expected}`);
}

describe("a production stage", () => {
  it("is accepted when it is safe", () => {
    expect(refused({})).to.deep.equal([]);
    expect(refused({ alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:pager" } })).to.deep.equal([]);
  });

  const unsafe = {
    "without an account": [{ aws: { accountId: null } }, "/aws/accountId"],
    "without deletion protection": [
      { tables: { ...SAFE.tables, deletionProtection: false } },
      "/tables/deletionProtection",
    ],
    "without backups": [{ tables: { ...SAFE.tables, pointInTimeRecovery: false } }, "/tables/pointInTimeRecovery"],
    "that logs whole messages": [{ logs: { ...SAFE.logs, dataTrace: true } }, "/logs/dataTrace"],
    "that forgets its logs within a year": [{ logs: { retentionDays: 180 } }, "/logs/retentionDays"],
    "that believes who clients say they are": [{ auth: { mode: "none" } }, "/auth"],
    "whose issuer anybody could play": [{ auth: { ...SAFE.auth, issuer: "http://127.0.0.1:9000" } }, "/auth/issuer"],
    "without alarms": [{ alarms: undefined }, "/alarms"],
    "with alarms that nobody hears": [{ alarms: {} }, "/alarms"],
  } as const;
  for (const [what, [change, pointer]] of Object.entries(unsafe)) {
    it(`is refused ${what}`, () => {
      const folder = new StageFolder();
      folder.write("safe.json", { extends: "./base.json", ...SAFE });
      const base = pointer === "/alarms" ? { ...SAFE, ...change } : { ...change };
      const file = folder.write("prod.json", {
        extends: pointer === "/alarms" ? "./base.json" : "./safe.json",
        stage: "prod",
        ...base,
      });
      expect(problemsOf(file).map((problem) => problem.pointer)).to.deep.equal([pointer]);
    });
  }

  it("is told everything at once", () => {
    expect(problemsOf(stage("prod", {}))).to.have.length(6);
  });

  it("is one called prod or production, in any Region", () => {
    for (const name of ["prod", "production", "prod-eu", "eu_PROD"])
      expect(problemsOf(stage(name, {})), name).to.have.length(6);
    for (const name of ["dev", "product", "reprod"]) expect(problemsOf(stage(name, {})), name).to.deep.equal([]);
  });

  it("is one that says so, and none that says it is not", () => {
    expect(problemsOf(stage("live", { production: true }))).to.have.length(6);
    expect(problemsOf(stage("prod", { production: false }))).to.deep.equal([]);
  });
});

describe("a stage file of wrong operations", () => {
  it("is refused for a budget that nobody hears of", () => {
    expect(refused({ alarms: {}, budget: { monthlyUsd: 5 } }, "dev")).to.deep.equal([
      '/budget "emails" or a "topicArn" in "alarms"',
    ]);
  });

  it("is refused for addresses beside a topic of the team's own", () => {
    const alarms = { emails: ["a@chat.test"], topicArn: "arn:aws:sns:us-east-1:123456789012:pager" };
    expect(refused({ alarms }, "dev")).to.deep.equal([
      '/alarms/emails none beside "topicArn": subscribe them to that topic',
    ]);
  });

  it("is refused for what is no address and no topic", () => {
    expect(refused({ alarms: { emails: ["team"] } }, "dev")).to.deep.equal(["/alarms/emails/0 an e-mail address"]);
    expect(refused({ alarms: { topicArn: "pager" } }, "dev")).to.deep.equal([
      "/alarms/topicArn the ARN of an SNS topic",
    ]);
  });

  it("is refused for a domain that cannot be proven", () => {
    expect(refused({ domain: { name: "ws.chat.test" } }, "dev")[0]).to.match(/^\/domain certificateArn of an existing/);
    const unnamed = { name: "ws_chat", hostedZoneId: "Z123456" };
    expect(refused({ domain: unnamed }, "dev")).to.deep.equal(['/domain/name a domain name, such as "ws.example.org"']);
  });

  it("is refused for certificates that are elsewhere", () => {
    const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
    const web = { domain: { name: "chat.test", certificateArn } };
    expect(refused({ domain: { name: "ws.chat.test", certificateArn }, web }, "dev")).to.deep.equal([
      "/domain/certificateArn a certificate in us-east-1: API Gateway takes no other",
      "/web/domain/certificateArn a certificate in us-east-1: CloudFront takes no other",
    ]);
  });

  it("is refused for limits that Lambda does not have", () => {
    const fn = (settings: object) => refused({ auth: undefined, functions: { message: settings } }, "dev");
    expect(fn({ async: { maximumRetryAttempts: 3 } })).to.deep.equal([
      "/functions/message/async/maximumRetryAttempts at most 2",
    ]);
    expect(fn({ shift: { stableVersion: "$LATEST", newPercent: 10 } })[0]).to.include("a published version");
    expect(fn({ shift: { stableVersion: "7", newPercent: 100 } })[0]).to.match(/newPercent less than 100$/);
  });
});

describe("example values", () => {
  it("are found wherever a stage file has them", () => {
    const example = stage("dev", {
      aws: { accountId: "111122223333" },
      alarms: { emails: ["team@chat.test", "team@example.com"] },
      domain: { name: "ws.example.org", hostedZoneId: "Z123456" },
    });
    expect(exampleValues(loadStage(example))).to.deep.equal(["/aws/accountId", "/alarms/emails/1", "/domain/name"]);
  });

  it("are none in a stage that a team has made its own", () => {
    expect(exampleValues(loadStage(stage("prod", SAFE)))).to.deep.equal([]);
  });
});
