// @ts-nocheck: deployed as it is, without a build.
// Decides as the token says.
export const handler = async (event) => {
  const { token } = event.queryStringParameters;
  if (token === "unauthorized") throw new Error("Unauthorized");
  if (token === "broken") throw new Error("broken");
  if (token === "no-policy") return { statusCode: 200 };
  return {
    principalId: "ada",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        { Action: "execute-api:Invoke", Effect: token === "deny" ? "Deny" : "Allow", Resource: event.methodArn },
      ],
    },
    // Numbers and truth values come out as texts (§1.6); what the event looked like is told as one.
    context: { flag: true, number: 1, event: JSON.stringify(event) },
  };
};
