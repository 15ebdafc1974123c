type Json = Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Deployments of API Gateway, and which of them a stage serves: moto has neither them nor UpdateStage. */
export class Deployments {
  /** By API id, then by deployment id. */
  readonly #deployments = new Map<string, Map<string, Json>>();
  /** Deployment ids by API id and stage. */
  readonly #served = new Map<string, string>();
  #next = 1;

  /** undefined for what is none of its business. */
  answer(method: string, path: string, body: Buffer): Answer | undefined {
    const [, api = "", collection, id] = /^\/v2\/apis\/([^/]+)\/(deployments|stages)(?:\/([^/]+))?$/.exec(path) ?? [];
    const update = collection === "stages" && id !== undefined && method === "PATCH";
    if (collection === "stages" && method === "DELETE") this.#served.delete(`${api}/${decodeURIComponent(id ?? "")}`);
    if (collection !== "deployments" && !update) return undefined;
    const request: Json = body.length > 0 ? JSON.parse(body.toString()) : {};
    if (update) {
      const stageName = decodeURIComponent(id);
      return { status: 200, body: this.ofStage(api, { stageName }, request) };
    }
    return this.#answerDeployment(method, api, id, request);
  }

  /** A stage with the deployment it was given. */
  ofStage(api: string, stage: Json, request: Json): Json {
    const key = `${api}/${stage.stageName}`;
    if (typeof request.deploymentId === "string") this.#served.set(key, request.deploymentId);
    const deploymentId = this.#served.get(key);
    return deploymentId === undefined ? stage : { ...stage, deploymentId };
  }

  #answerDeployment(method: string, api: string, id: string | undefined, request: Json): Answer {
    const known = this.#deployments.get(api) ?? new Map<string, Json>();
    this.#deployments.set(api, known);
    if (method === "POST") {
      const deploymentId = `deployment${this.#next++}`;
      const deployment = { deploymentId, deploymentStatus: "DEPLOYED", autoDeployed: false, ...request };
      known.set(deploymentId, deployment);
      return { status: 201, body: deployment };
    }
    if (id === undefined) return { status: 200, body: { items: [...known.values()] } };
    const found = known.get(id);
    if (found === undefined) return { status: 404, body: { message: "Invalid Deployment identifier specified" } };
    if (method !== "DELETE") return { status: 200, body: found };
    if ([...this.#served.values()].includes(id))
      return { status: 400, body: { message: "Active stages pointing to this deployment must be moved or deleted" } };
    known.delete(id);
    return { status: 204, body: undefined };
  }
}
