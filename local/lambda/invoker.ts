// What a caller of Lambda sees: Invoke with RequestResponse, as API Gateway uses it.

export type InvokeResult =
  | {
      readonly kind: "success";
      readonly requestId: string;
      /** The function's result as JSON text, as on the wire. */
      readonly payload: string;
    }
  | {
      readonly kind: "function-error";
      readonly requestId: string;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    }
  | {
      readonly kind: "throttled";
      readonly requestId: string;
      readonly reason: "ReservedFunctionConcurrentInvocationLimitExceeded" | "ConcurrentInvocationLimitExceeded";
    };

export interface Invoker {
  /**
   * `payload` is the event as JSON text, `qualifier` the alias or version that was asked for. Never rejects: whatever happens to the
   * function is a result.
   */
  invoke(functionName: string, payload: string, qualifier?: string): Promise<InvokeResult>;
}
