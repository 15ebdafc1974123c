import { z } from "zod";
import { wholeNumber } from "./whole-number.ts";

const email = () => z.string().regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address");

/** How many in five minutes are too many. */
const inFiveMinutes = (what: string, normally: number) =>
  wholeNumber()
    .min(1)
    .default(normally)
    .meta({ description: `So many ${what} in five minutes ring.` });

export const AlarmsSchema = z
  .strictObject({
    emails: z.array(email()).max(10).default([]).meta({
      description: "Who is told. AWS asks each address to confirm first.",
    }),
    topicArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "the ARN of an SNS topic")
      .optional()
      .meta({ description: "An existing topic that alarms go to, instead of one of the stage's own." }),
    functionErrors: inFiveMinutes("failed invocations of a function", 5),
    functionThrottles: inFiveMinutes("throttled invocations of a function", 1),
    durationPercent: wholeNumber().min(1).max(100).default(80).meta({
      description: "The slowest percent of a function's invocations may take this much of its timeout.",
    }),
    integrationErrors: inFiveMinutes("failed integrations of the API", 5),
    executionErrors: inFiveMinutes("failures of API Gateway itself", 5),
    clientErrors: inFiveMinutes("refusals of what clients send", 200),
    gonePercent: wholeNumber().min(1).max(100).default(20).meta({
      description: "So many of a hundred posts to connections that are gone ring, after a quarter of an hour.",
    }),
    connectAnomalyWidth: z.number().gt(0).max(20).default(4).meta({
      description: "How many standard deviations the number of new connections may leave its usual course.",
    }),
  })
  .meta({ description: "CloudWatch alarms and who hears them. Absent: none." });

export const BudgetSchema = z
  .strictObject({
    monthlyUsd: z.number().gt(0).meta({ description: "What the stage may cost in a month, in US dollars." }),
    forecastPercent: wholeNumber().min(1).max(1000).default(100).meta({
      description: "Who hears the alarms is told when the month is forecast to reach this much of it.",
    }),
  })
  .meta({ description: "A budget of everything with the stage's tags." });

export type AlarmsConfig = z.output<typeof AlarmsSchema>;
