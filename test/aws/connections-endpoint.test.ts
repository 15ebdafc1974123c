import { expect } from "chai";
import { connectionPoster } from "#aws/connection-poster.ts";

describe("the connection poster's endpoint", () => {
  const client = {
    config: {
      region: async () => "eu-central-1",
      credentials: async () => ({ accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret" }),
    },
  };
  const variable = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI";
  const posterAt = (endpoint: string) => connectionPoster({ client, endpoint, onFailure: () => {} });

  it("has to be an URL of http", () => {
    expect(() => posterAt("")).to.throw(`${variable} is not set`);
    for (const wrong of ["abc.example.com/dev", "wss://abc.example.com/dev", "https://abc.example.com/dev?x=1"]) {
      expect(() => posterAt(wrong)).to.throw(
        `${variable} is ${JSON.stringify(wrong)}; it must be an http or https URL`,
      );
    }
  });
});
