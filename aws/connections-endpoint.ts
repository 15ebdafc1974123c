// Where `@connections` is: the standard variable of the AWS SDKs, which has no usable default (aws facts §7.1).
export const ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI";
const EXAMPLE = "https://abcde12345.execute-api.eu-central-1.amazonaws.com/dev";

export function connectionsEndpoint(value: string | undefined): URL {
  if (!value) throw new Error(`${ENDPOINT_VARIABLE} is not set; it must be the URL of the stage, such as ${EXAMPLE}`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && url.username === "") return url;
  const found = JSON.stringify(value);
  throw new Error(
    `${ENDPOINT_VARIABLE} is ${found}; it must be an http or https URL without credentials or query, such as ${EXAMPLE}`,
  );
}
