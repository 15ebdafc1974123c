/** True when the write was done, false when its condition did not hold; every other failure is thrown on. */
export async function conditionHolds(write: Promise<unknown>): Promise<boolean> {
  return (await orUndefined(write)) !== undefined;
}

/** The write's answer, or undefined when its condition did not hold. */
export async function orUndefined<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined;
    throw error;
  }
}
