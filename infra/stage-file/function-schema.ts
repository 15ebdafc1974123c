import { z } from "zod";
import { wholeNumber } from "./whole-number.ts";

/** Lambda's levels for application logs in JSON (aws facts §10.4). */
const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

const AsyncSchema = z
  .strictObject({
    maximumRetryAttempts: wholeNumber()
      .min(0)
      .max(2)
      .default(2)
      .meta({ description: "How often Lambda tries again when it fails." }),
    maximumEventAgeSeconds: wholeNumber().min(60).max(21_600).default(3600).meta({
      description: "How old an event may grow before it is given up.",
    }),
  })
  .meta({ description: "For a function invoked as an event: what is given up lands in a queue of its own." });

const ShiftSchema = z
  .strictObject({
    stableVersion: z
      .string()
      .regex(/^[1-9]\d*$/, 'a published version, in quotes, such as "7"')
      .meta({ description: "The version that most invocations keep going to." }),
    newPercent: z.number().gt(0).lt(100).meta({ description: "The share of invocations that the newest one gets." }),
  })
  .meta({ description: "A gradual release: both versions serve until this is removed." });

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
        z.string().regex(/^[A-Za-z][A-Za-z0-9_]+$/, "at least two characters: a letter, then letters, digits and _"),
        z.string("a text: environment variables are texts, so write numbers in quotes"),
      )
      .default({})
      .meta({
        description:
          "Variables of its own. Never secrets: ssm:/path or secretsmanager:name says where one is kept, and lets this function read it.",
      }),
    logLevel: z.enum(LOG_LEVELS).default("INFO").meta({
      description:
        "What lies below is not logged. Refusals and the counts of posts, which an alarm is about, are WARN; what goes well is INFO.",
    }),
    reservedConcurrency: wholeNumber()
      .min(1)
      .optional()
      .meta({ description: "At most so many run at once, and so many are kept free for it." }),
    tracing: z.boolean().default(true).meta({ description: "X-Ray traces of its invocations; billed beyond 100,000." }),
    async: AsyncSchema.optional(),
    shift: ShiftSchema.optional(),
  })
  .meta({ description: "A Lambda function." });

export type FunctionConfig = z.output<typeof FunctionSchema>;
