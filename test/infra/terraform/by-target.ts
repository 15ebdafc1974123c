// Services that name the operation in a header, as far as moto answers them with 500: budgets, and the saved queries of CloudWatch Logs.

type Json = Readonly<Record<string, unknown>>;
type Operations = Readonly<Record<string, (request: Json) => Json>>;

class NotFound extends Error {}

/** `Service.Operation` of the header x-amz-target → what answers; undefined for what is none of its business. */
export class ByTarget {
  readonly #operations: Operations = { ...queryDefinitions(), ...budgets() };

  answer(target: string, body: Buffer): { readonly status: number; readonly body: Json } | undefined {
    const operation = this.#operations[target];
    if (operation === undefined) return undefined;
    try {
      return { status: 200, body: operation(JSON.parse(body.toString())) };
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      return { status: 400, body: { __type: "NotFoundException", Message: error.message } };
    }
  }
}

function queryDefinitions(): Operations {
  const known = new Map<string, Json>();
  const operations: Operations = {
    PutQueryDefinition: (request) => {
      const queryDefinitionId = String(request.queryDefinitionId ?? `query-${known.size + 1}`);
      known.set(queryDefinitionId, { ...request, queryDefinitionId, lastModified: 0 });
      return { queryDefinitionId };
    },
    DescribeQueryDefinitions: ({ queryDefinitionNamePrefix = "" }) => ({
      queryDefinitions: [...known.values()].filter(({ name }) =>
        String(name).startsWith(String(queryDefinitionNamePrefix)),
      ),
    }),
    DeleteQueryDefinition: ({ queryDefinitionId }) => ({ success: known.delete(String(queryDefinitionId)) }),
  };
  return prefixed("Logs_20140328", operations);
}

function budgets(): Operations {
  const known = new Map<string, Json>();
  const find = ({ BudgetName }: Json): Json => {
    const found = known.get(String(BudgetName));
    if (found === undefined) throw new NotFound(`there is no budget ${BudgetName}`);
    return found;
  };
  const notified = (budget: Json) => budget.notified as Json[];
  const operations: Operations = {
    CreateBudget: (request) => {
      known.set(String((request.Budget as Json).BudgetName), { ...request, notified: [] });
      return {};
    },
    CreateNotification: ({ BudgetName, ...notification }) => {
      notified(find({ BudgetName })).push(notification);
      return {};
    },
    DescribeBudget: (request) => ({ Budget: find(request).Budget }),
    DescribeNotificationsForBudget: (request) => ({
      Notifications: notified(find(request)).map(({ Notification }) => Notification),
    }),
    DescribeSubscribersForNotification: (request) => {
      const { NotificationType: type } = request.Notification as Json;
      const about = notified(find(request)).find(
        ({ Notification }) => (Notification as Json).NotificationType === type,
      );
      return { Subscribers: about?.Subscribers };
    },
    ListTagsForResource: ({ ResourceARN }) => ({
      ResourceTags: find({ BudgetName: String(ResourceARN).split("/").at(-1) }).ResourceTags,
    }),
    DeleteBudget: ({ BudgetName }) => {
      known.delete(String(BudgetName));
      return {};
    },
  };
  return prefixed("AWSBudgetServiceGateway", operations);
}

function prefixed(service: string, operations: Operations): Operations {
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [`${service}.${name}`, operation]));
}
