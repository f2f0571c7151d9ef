import * as z from "zod/mini";
import { HTTP_VERSIONS, REUSE_STRATEGIES } from "./connection_choices.ts";
import { STRING } from "./primitives.ts";

/** Wire schema of how connections to the servers are made. */
export const connectionPlanSchema = z.object({
  httpVersion: z.enum(HTTP_VERSIONS),
  reuse: z.enum(REUSE_STRATEGIES),
  /** Local addresses that connections are made from, in turn; empty: the system's choice. */
  localAddresses: z.array(STRING),
  /** Certificates in PEM that are trusted beside the usual ones; null: none. */
  caCert: z.nullable(STRING),
  /** What the client shows of itself, in PEM; null: nothing. */
  client: z.nullable(z.object({ cert: STRING, key: STRING })),
  /** The URL of an HTTP proxy, perhaps with a user name and password; null: none. */
  proxy: z.nullable(STRING),
});

/** How connections to the servers are made; it holds secrets. */
export type ConnectionPlan = z.infer<typeof connectionPlanSchema>;

/** Connections as they are made when nobody asks for anything else. */
export const PLAIN_CONNECTIONS: ConnectionPlan = {
  httpVersion: "1.1",
  reuse: "pooled",
  localAddresses: [],
  caCert: null,
  client: null,
  proxy: null,
};
