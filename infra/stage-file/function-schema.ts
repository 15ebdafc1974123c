import { z } from "zod";
import { wholeNumber } from "./whole-number.ts";

/** Lambda's levels for application logs in JSON (aws facts §10.4). */
const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

/** An entry of "functions". Its defaults stand here: an entry has nothing to inherit from. */
export const FunctionSchema = z
  .strictObject({
    bundle: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, "the name of a folder of functions/")
      .optional()
      .meta({ description: "The folder of functions/ it runs. Default: its own name." }),
    memoryMb: wholeNumber()
      .min(128)
      .max(10_240)
      .default(512)
      .meta({ description: "Memory, and CPU in proportion: 1,769 MB is one vCPU." }),
    timeoutSeconds: wholeNumber()
      .min(1)
      .max(900)
      .default(15)
      .meta({ description: "When Lambda stops it. At most 29 for a function on a route." }),
    environment: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9_]+$/, "a letter, then letters, digits and _"),
        z.string("a text: environment variables are texts, so write numbers in quotes"),
      )
      .default({})
      .meta({ description: "Variables of its own. Never secrets: only where to find them." }),
    logLevel: z.enum(LOG_LEVELS).default("INFO").meta({ description: "What lies below is not logged." }),
    reservedConcurrency: wholeNumber()
      .min(1)
      .optional()
      .meta({ description: "At most so many run at once, and so many are kept free for it." }),
  })
  .meta({ description: "A Lambda function." });

export type FunctionConfig = z.output<typeof FunctionSchema>;
