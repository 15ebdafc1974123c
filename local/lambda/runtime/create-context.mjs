/** The true one: chaos may skew the function's. */
const { now } = Date;

/**
 * The handler's second argument.
 * @param {import("../worker-protocol.ts").InvokeMessage} message
 * @param {import("../worker-protocol.ts").WorkerSettings} settings
 */
export function createContext({ requestId, qualifier }, settings) {
  const deadline = now() + settings.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: "$LATEST",
    functionName: settings.functionName,
    memoryLimitInMB: String(settings.memoryMb),
    logGroupName: settings.logGroup,
    logStreamName: settings.logStream,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: qualifier === undefined ? settings.functionArn : `${settings.functionArn}:${qualifier}`,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - now()),
  };
}
