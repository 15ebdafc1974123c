// @ts-nocheck: deployed as it is, without a build.
// Decides as the token says.
export const handler = async (event) => {
  const { token, key } = event.queryStringParameters;
  if (token === "unauthorized") throw new Error("Unauthorized");
  if (token === "broken") throw new Error("broken");
  if (token === "no-policy") return { statusCode: 200 };
  return {
    principalId: "ada",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: token === "deny" ? "Deny" : "Allow",
          Resource: resources[token] ?? event.methodArn,
        },
      ],
    },
    // Numbers and truth values come out as texts (§1.6); what the event looked like is told as one.
    context: { flag: true, number: 1, event: JSON.stringify(event), ...contexts[token] },
    ...(key && { usageIdentifierKey: key }),
  };
};

const resources = {
  wildcard: "arn:aws:execute-api:*:*:*/*/*",
  elsewhere: "arn:aws:execute-api:*:*:*/another/$connect",
};

/** What no context may hold. */
const contexts = {
  nested: { deeper: { a: 1 } },
  large: { text: "x".repeat(8 * 1024) },
};
