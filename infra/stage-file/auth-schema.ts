// Who may connect, and what they may do in which room.
import { z } from "zod";
import { wholeNumber } from "./whole-number.ts";

const claim = () => z.string().min(1).max(128);

const url = (description: string) =>
  z
    .string()
    .regex(
      /^(https:\/\/[^\s?#]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[^\s?#]*)?)$/,
      "an https URL; http only of this machine",
    )
    .max(300)
    .meta({ description });

export const AuthSchema = z
  .strictObject({
    mode: z.enum(["none", "jwt"]).meta({
      description: "none: clients say who they are, and are believed. jwt: they show a token of the issuer.",
    }),
    function: z.string().min(1).default("authorize").meta({
      description: 'The function that checks tokens at the handshake: a key of "functions".',
    }),
    issuer: url("Who signs the tokens: their claim iss, to the letter.").optional(),
    audience: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: "Whom the tokens are for: in their claim aud; of Cognito, the id of the app client." }),
    jwksUri: url("Where the issuer's keys are. Default: where its discovery document says.").optional(),
    tokenUse: z.enum(["id", "access"]).default("id").meta({
      description: "Which tokens are good: ID tokens, or access tokens. Of Cognito, the claim token_use says it.",
    }),
    scopes: z
      .array(z.string().regex(/^[!#-[\]-~]{1,128}$/, "a scope, without blanks and quotes"))
      .max(20)
      .default([])
      .meta({ description: "Scopes that a token must have to connect, all of them: in its claim scope or scp." }),
    create: z.literal("cognito", '"cognito", or nothing').optional().meta({
      description: "Makes a Cognito user pool and its app client, which are issuer and audience then.",
    }),
    clockSkewSeconds: wholeNumber().min(0).max(300).default(30).meta({
      description: "How far the clocks of issuer and functions may be apart: so much longer a token is good.",
    }),
    userIdClaim: claim().default("sub").meta({ description: "The claim that is the user id." }),
    nameClaim: claim().optional().meta({
      description: "The claim that is the user's name; nobody can choose one then. Absent: people choose their names.",
    }),
    roomsClaim: claim().optional().meta({
      description: "The claim with the rooms the user is a member of: a list of names, or of how they begin and a *.",
    }),
    roomsPrefix: z.string().min(1).max(64).optional().meta({
      description: "Only what begins so in roomsClaim is a room, without it: groups and scopes of other apps are none.",
    }),
    origins: z
      .array(
        z
          .string()
          .regex(
            /^(?!https:.*:443$|http:.*:80$)https?:\/\/[^\s/?#A-Z]+$/,
            'an origin as browsers write it, such as "https://chat.example.org": in small letters, without path and usual port',
          ),
      )
      .max(20)
      .default([])
      .meta({ description: "Pages of which origins may connect. Empty: of all." }),
  })
  .meta({ description: "Who may connect." });

/** As a key: some of the rooms. */
export const RoomPattern = z
  .string()
  .regex(/^[^*]{1,128}$|^[^*]{0,127}\*$/, "the name of a room, or how names begin and a *");

export const RoomsSchema = z
  .record(RoomPattern, z.enum(["public", "members", "read-only"]))
  .default({})
  .meta({
    description:
      "Room, or how names begin and * → public: for all; members: only for those whose token names it; read-only: all may read, members write. The longest pattern decides; without any a room is public.",
  });

export type AuthConfig = z.output<typeof AuthSchema>;
