import * as z from "zod/mini";

/** Every kind of process that a run consists of. */
const SERVICE_TYPES = [
  "system_controller",
  "dataset_manager",
  "timing_manager",
  "worker_manager",
  "worker",
  "records_manager",
  "post_processor_manager",
  "mock_server",
] as const;

/** Wire schema of a service type. */
export const serviceTypeSchema = z.enum(SERVICE_TYPES);

/** The kind of a service process. */
export type ServiceType = z.infer<typeof serviceTypeSchema>;

/** The id that the controller goes by on the bus and in process lists. */
export const CONTROLLER_ID = "controller";
