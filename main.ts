import { SERVICE_FLAG } from "./common/runtime/service_flag.ts";

/**
 * The one program: the command line, or, behind a hidden flag, one of the services of a run.
 *
 * What each role needs is loaded when the role is known.
 */
async function main(args: readonly string[]): Promise<number> {
  return args[0] === SERVICE_FLAG ? await beService(args[1] ?? "") : await beCommandLine(args);
}

async function beService(json: string): Promise<number> {
  const [{ runServiceProcess }, { createService }] = await Promise.all([
    import("./common/service/bootstrap.ts"),
    import("./services/service_factory.ts"),
  ]);
  return await runServiceProcess(json, createService);
}

async function beCommandLine(args: readonly string[]): Promise<number> {
  const { runCommandLine } = await import("./services/system_controller/command_line.ts");
  return await runCommandLine(args, {
    async goodputTags() {
      const { objectiveTags } = await import(
        "./services/post_processor_manager/metrics/objective_tags.ts"
      );
      return objectiveTags();
    },
    async serveMock(options) {
      const { serveMock } = await import("./services/mock_server/serve_mock.ts");
      return await serveMock(options);
    },
    async rebuild(folder) {
      const { rebuildFolder } = await import(
        "./services/post_processor_manager/rebuild_folder.ts"
      );
      return await rebuildFolder(folder);
    },
    async probeInference(probe) {
      const { probeInference } = await import("./services/worker/probe_inference.ts");
      return await probeInference(probe);
    },
    async preparePublic(request) {
      const [{ preparePublic }, { thisHub }] = await Promise.all([
        import("./services/dataset_manager/public/prepare_public.ts"),
        import("./common/hub/this_hub.ts"),
      ]);
      return await preparePublic(request, thisHub());
    },
    async analyzeTrace(request) {
      const { analyzeTrace } = await import("./services/dataset_manager/trace/analyze_trace.ts");
      return await analyzeTrace(request);
    },
    async writeAggregate(series) {
      const { writeAggregate } = await import(
        "./services/post_processor_manager/repeated_runs/write_aggregate.ts"
      );
      return await writeAggregate(series);
    },
  });
}

Deno.exit(await main(Deno.args));
