import type { ServiceType } from "../common/model/service_type.ts";
import type { BaseService, ServiceContext } from "../common/service/base_service.ts";

type ServiceClass = new (context: ServiceContext) => BaseService;
type ChildType = Exclude<ServiceType, "system_controller">;

/**
 * The class of each service that runs as a child process.
 *
 * The imports are literal, so that a compiled executable holds them all, and are made when asked
 * for, so that each process loads only what its role needs.
 */
const CLASSES: Readonly<Record<ChildType, () => Promise<ServiceClass>>> = {
  dataset_manager: async () => (await import("./dataset_manager/service.ts")).DatasetManager,
  timing_manager: async () => (await import("./timing_manager/service.ts")).TimingManager,
  worker_manager: async () => (await import("./worker_manager/service.ts")).WorkerManager,
  worker: async () => (await import("./worker/service.ts")).Worker,
  records_manager: async () => (await import("./records_manager/service.ts")).RecordsManager,
  post_processor_manager: async () =>
    (await import("./post_processor_manager/service.ts")).PostProcessorManager,
  mock_server: async () => (await import("./mock_server/service.ts")).MockServerService,
};

/** Makes the service of a child process. Throws for the controller, which is nobody's child. */
export async function createService(
  type: ServiceType,
  context: ServiceContext,
): Promise<BaseService> {
  if (type === "system_controller") {
    throw new Error("Cannot start the controller as a child: it is the process that has children");
  }
  const Service = await CLASSES[type]();
  return new Service(context);
}
