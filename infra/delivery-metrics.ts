// What the functions count of their pushes (functions/runtime/metrics.ts), as CloudWatch knows it.

export function deliveryMetric(stageName: string, metricName: string) {
  return { namespace: "WebSocketApi", metricName, dimensions: { Stage: stageName } };
}
