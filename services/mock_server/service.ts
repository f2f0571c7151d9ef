import { ComponentService } from "../../common/service/component_service.ts";
import { onCleanup, onConfigure, onInit } from "../../common/service/hooks.ts";
import type { MockServerOptions } from "./mock_options.ts";
import { rehearse } from "./rehearsal.ts";
import { type MockServer, startMockServer } from "./server.ts";

/** The built-in inference server as a service of a run. */
export class MockServerService extends ComponentService {
  #server: MockServer | null = null;

  @onInit
  protected listenForRequests(): void {
    const options = this.context.init as MockServerOptions;
    this.#server = startMockServer(options, (reason) => {
      this.log.warning(`Refused what is no request: ${reason}`);
    });
  }

  /** The controller learns the port from the hello. */
  protected override helloInfo(): Record<string, string> {
    return { url: this.#server!.url };
  }

  /** While the other services get ready, which takes longer; before that they wait for the port. */
  @onConfigure
  protected async warmUp(): Promise<void> {
    await rehearse(0);
  }

  @onCleanup
  protected async stopServing(): Promise<void> {
    await this.#server?.stop();
  }
}
