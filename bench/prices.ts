// us-east-1, on demand, without free tier, in dollars (aws facts §12).
export const PRICE = {
  /** Per WebSocket message in or out, per 32 KB. */
  message: 1 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
} as const;
