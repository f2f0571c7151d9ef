import type { ServiceType } from "../model/service_type.ts";

/** Where each service that listens can be reached: the name of its socket in the run directory. */
export const SOCKETS = {
  system_controller: "bus",
  dataset_manager: "conversations",
  worker_manager: "credits",
  records_manager: "records",
  post_processor_manager: "results",
} as const satisfies Partial<Record<ServiceType, string>>;

/** A service type that listens on a socket. */
export type ListeningType = keyof typeof SOCKETS;
