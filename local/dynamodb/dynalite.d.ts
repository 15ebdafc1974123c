declare module "dynalite" {
  import type { Server } from "node:http";

  /** Closing the server closes the database too; the callback gets what went wrong. */
  function dynalite(options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
  export = dynalite;
}
